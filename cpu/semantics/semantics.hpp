// The shape of a meaning: one specialisation a mnemonic, for every width, in the chapter files.
//
//   static T apply(Flags&, T a, T b)     destination = apply(destination, source)
//   static void test(Flags&, T a, T b)   nothing stored
//   static T unary(Flags&, T a)          destination = unary(destination)
//   static T move(T b)                   destination = move(source), destination not read
//   static void run<Site>(core, insn)    everything else; bool run: false when the instruction is
//                                        to run again, as between two iterations of REP
#pragma once

#include "cpu/interpreter/operands.hpp"

namespace faultline {

/// Left undefined: a row whose mnemonic has no meaning does not compile.
template <Mnemonic M>
struct Semantics;

/// Base of a meaning whose `run`, without a memory operand, touches registers and flags alone.
struct RegistersOnly {
  static constexpr bool registers_only = true;
};

template <class S, class T>
concept Binary = requires(Flags& f, T v) {
  { S::apply(f, v, v) } -> std::same_as<T>;
};
template <class S, class T>
concept Compare = requires(Flags& f, T v) { S::test(f, v, v); };
template <class S, class T>
concept Unary = requires(Flags& f, T v) {
  { S::unary(f, v) } -> std::same_as<T>;
};
template <class S, class T>
concept Move = requires(T v) {
  { S::move(v) } -> std::same_as<T>;
};

template <class Meaning, class S, class Core>
concept Suspendable = requires(Core& core, const Instruction& insn) {
  { Meaning::template run<S>(core, insn) } -> std::same_as<bool>;
};

}  // namespace faultline
