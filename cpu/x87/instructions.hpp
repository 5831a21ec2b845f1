// The numeric instructions' work on the register stack, free of memory and mode. [387 §4]
#pragma once

#include <optional>

#include "cpu/x87/operand.hpp"
#include "cpu/x87/register_stack.hpp"

namespace faultline::x87 {

// Arithmetic: arithmetic_instructions.cpp.
enum class Operation : u8 { Add, Multiply, Subtract, SubtractReversed, Divide, DivideReversed };
/// ST(0) = ST(0) op operand.
void arithmetic(RegisterStack& stack, Operation operation, Operand operand);
/// ST(destination) = ST(destination) op ST(source); the reversed ones exchange them.
void arithmetic(RegisterStack& stack, Operation operation, unsigned destination, unsigned source,
                bool pop);
void square_root(RegisterStack& stack);
void round_to_integer(RegisterStack& stack);
void absolute(RegisterStack& stack);
void change_sign(RegisterStack& stack);
void scale(RegisterStack& stack);
void extract(RegisterStack& stack);
enum class Remainder : u8 { Chop, Nearest };  // FPREM, FPREM1
void partial_remainder(RegisterStack& stack, Remainder kind);

// Transfers: transfer_instructions.cpp.
void load(RegisterStack& stack, Operand operand);
void load_register(RegisterStack& stack, unsigned i);
enum class Constant : u8 { One, Log2Ten, Log2E, Pi, Log10Two, LogETwo, Zero };
void load_constant(RegisterStack& stack, Constant constant);
void exchange(RegisterStack& stack, unsigned i);
void store_register(RegisterStack& stack, unsigned i, bool pop);
void conditional_move(RegisterStack& stack, unsigned i, bool condition);
// The value for memory; nothing when an unmasked exception forbids the store.
std::optional<u32> store_single(RegisterStack& stack);
std::optional<u64> store_double(RegisterStack& stack);
std::optional<Extended> store_extended(RegisterStack& stack);
std::optional<s64> store_integer(RegisterStack& stack, unsigned bits);
std::optional<PackedDecimal> store_decimal(RegisterStack& stack);

// Comparisons: compare_instructions.cpp.
enum class Order : u8 { Ordered, Unordered };  // FCOM objects to a quiet NaN, FUCOM does not
void compare(RegisterStack& stack, Operand operand, unsigned pops);
void compare_register(RegisterStack& stack, Order order, unsigned i, unsigned pops);
void compare_with_zero(RegisterStack& stack);
/// FCOMI: the conditions as EFLAGS will hold them; nothing when an unmasked exception forbids it.
struct Relation {
  bool less, equal, unordered;
};
std::optional<Relation> compare_for_flags(RegisterStack& stack, Order order, unsigned i, bool pop);
void examine(RegisterStack& stack);

// Transcendentals: transcendental_instructions.cpp.
void sine(RegisterStack& stack);
void cosine(RegisterStack& stack);
void sine_and_cosine(RegisterStack& stack);
void partial_tangent(RegisterStack& stack);
void partial_arctangent(RegisterStack& stack);
void power_of_two_minus_one(RegisterStack& stack);
void y_log2_x(RegisterStack& stack);
void y_log2_x_plus_one(RegisterStack& stack);

// Control.
inline void initialize(X87State& state) {  // FNINIT leaves the registers' bits [387 §4 FINIT]
  const X87State fresh;
  state.control = fresh.control;
  state.status = fresh.status;
  state.top = fresh.top;
  state.occupied = fresh.occupied;
  state.instruction_offset = state.operand_offset = 0;
  state.instruction_selector = state.operand_selector = state.opcode = 0;
}
inline void clear_exceptions(X87State& state) {  // FNCLEX
  state.status &= static_cast<u16>(
      ~(exception::all | status::stack_fault | status::error_summary | status::busy));
}

}  // namespace faultline::x87
