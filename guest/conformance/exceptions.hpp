// What the exception tests share: instructions whose exception is recorded and stepped over, blocks
// that a handler leaves, and children that die.
#pragma once

#include "guest/conformance/ktap.hpp"
#include "guest/programs/seh_frame.hpp"

namespace exceptions {

/// The last exception a recording handler was called for. Parameters beyond `count` are 0.
struct Seen {
  unsigned calls;
  DWORD code, flags, count, parameters[3];
  void* address;
  EXCEPTION_RECORD* inner;
  CONTEXT context;
};
extern Seen seen;

/// The instruction that is to fault, and the one to go on with.
struct Guarded {
  void* at;
  void* resume;
};
extern Guarded guarded;

void record_exception(const EXCEPTION_RECORD* record, const CONTEXT* context);
/// Records, and continues at guarded.resume.
EXCEPTION_DISPOSITION __cdecl step_over(EXCEPTION_RECORD*, void*, CONTEXT*, void*);

/// Executes `instruction`, which may use the operands and change EAX and EDX, with the handler
/// above registered. What happened is in `seen`.
#define FAULTLINE_GUARDED(instruction, ...)                                                      \
  do {                                                                                           \
    exceptions::seen = {};                                                                       \
    crt::SehFrame guarded_frame(exceptions::step_over);                                          \
    asm volatile(                                                                                \
        "pushl %%eax\n\tpushl %%edx\n\tmovl $0f, %[at]\n\tmovl $1f, %[resume]\n0:\t" instruction \
        "\n1:\tpopl %%edx\n\tpopl %%eax"                                                         \
        : [at] "=m"(exceptions::guarded.at), [resume] "=m"(exceptions::guarded.resume)           \
        : __VA_ARGS__                                                                            \
        : "memory", "cc");                                                                       \
  } while (false)

/// Code, place and parameters of the one exception that was seen.
void expect_exception(ktap::Test& t, DWORD code, DWORD count, DWORD first = 0, DWORD second = 0);

/// A frame whose handler records the exception, unwinds to itself and leaves the block:
///   Block block;
///   if (__builtin_setjmp(block.resume) == 0) ...;
struct Block {
  crt::SehFrame frame{leave};
  void* resume[5] = {};

  static EXCEPTION_DISPOSITION __cdecl leave(EXCEPTION_RECORD*, void*, CONTEXT*, void*);
};

/// The exit code of this program started with `role`, which names what the child does.
DWORD exit_code_of(ktap::Test& t, const char* role);
/// The child's part, when the program is one. Returns its exit code if it lives on.
int play(const char* role);

// The tests, by their file.
void access_violations(ktap::Test&), protected_pages(ktap::Test&), kernel_half(ktap::Test&),
    jumps_nowhere(ktap::Test&), guard_page(ktap::Test&), divide(ktap::Test&),
    overflow_and_bound(ktap::Test&), illegal_instruction(ktap::Test&), lock_prefix(ktap::Test&),
    privileged_instructions(ktap::Test&), breakpoints(ktap::Test&), single_step(ktap::Test&),
    missing_gate(ktap::Test&), bad_selector(ktap::Test&), floating_point(ktap::Test&),
    stack_overflow(ktap::Test&);
void raise_and_continue(ktap::Test&), raise_parameters(ktap::Test&), raise_bit_28(ktap::Test&),
    noncontinuable(ktap::Test&);
void chain_order(ktap::Test&), context_edit(ktap::Test&), unwind(ktap::Test&),
    exit_unwind(ktap::Test&), nested_exception(ktap::Test&), collided_unwind(ktap::Test&),
    invalid_disposition(ktap::Test&), invalid_target(ktap::Test&);
void vectored_first(ktap::Test&), vectored_order(ktap::Test&), vectored_remove(ktap::Test&),
    vectored_continue(ktap::Test&);
void unhandled(ktap::Test&), frames_off_the_stack(ktap::Test&), top_level_filter(ktap::Test&),
    other_thread(ktap::Test&), no_debugger(ktap::Test&);
void thread_context(ktap::Test&), data_breakpoint(ktap::Test&), code_breakpoint(ktap::Test&),
    whose_breakpoint(ktap::Test&);

}  // namespace exceptions
