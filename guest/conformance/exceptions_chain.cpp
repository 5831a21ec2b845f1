// RaiseException, and the chain at FS:[0]: search, unwind, and what goes wrong in between.
#include "guest/conformance/exceptions.hpp"

namespace exceptions {
namespace {

constexpr DWORD ours = 0xE0004654;

DWORD address_of(const volatile void* pointer) { return reinterpret_cast<DWORD>(pointer); }

/// Continues behind RaiseException.
EXCEPTION_DISPOSITION __cdecl go_on(EXCEPTION_RECORD* record, void*, CONTEXT* context, void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  record_exception(record, context);
  return ExceptionContinueExecution;
}

void* chain_head() {
  void* head;
  asm volatile("movl %%fs:0, %0" : "=r"(head));
  return head;
}

/// The calls of handlers, in order, a letter each: lower case in the search, upper case in an
/// unwind.
class Trace {
 public:
  void clear() { length_ = 0; }
  void add(char letter) {
    if (length_ + 1 < sizeof text_) text_[length_++] = letter;
  }
  const char* text() {
    text_[length_] = '\0';
    return text_;
  }

 private:
  unsigned length_ = 0;
  char text_[32];
} trace;

template <char letter>
EXCEPTION_DISPOSITION __cdecl trace_search(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  const bool unwinding = (record->ExceptionFlags & EXCEPTION_UNWINDING) != 0;
  trace.add(unwinding ? static_cast<char>(letter - 'a' + 'A') : letter);
  return ExceptionContinueSearch;
}

}  // namespace

void raise_and_continue(ktap::Test& t) {
  const crt::SehFrame frame(go_on);
  seen = {};
  const ULONG_PTR arguments[] = {40, 2};
  RaiseException(ours, 0, 2, arguments);
  t.equal("exceptions", seen.calls, 1);
  t.equal("ExceptionCode", seen.code, ours);
  t.equal("ExceptionFlags", seen.flags, 0);
  t.equal("NumberParameters", seen.count, 2);
  t.equal("ExceptionInformation[0]", seen.parameters[0], 40);
  t.equal("ExceptionInformation[1]", seen.parameters[1], 2);
  t.equal("ExceptionRecord", seen.inner, nullptr);
}

void raise_parameters(ktap::Test& t) {
  const crt::SehFrame frame(go_on);
  ULONG_PTR arguments[20] = {7, 8, 9};
  seen = {};
  RaiseException(ours, 0, 20, arguments);
  t.equal("NumberParameters of 20", seen.count, 15);
  RaiseException(ours, 0, 3, nullptr);
  t.equal("NumberParameters without an array", seen.count, 0);
  RaiseException(ours, 0xFFFFFFFE, 0, nullptr);
  t.equal("flags other than EXCEPTION_NONCONTINUABLE are dropped", seen.flags, 0);
  t.equal("exceptions", seen.calls, 3);
}

void raise_bit_28(ktap::Test& t) {
  const crt::SehFrame frame(go_on);
  seen = {};
  RaiseException(0xF0001234, 0, 0, nullptr);
  t.equal("ExceptionCode", seen.code, 0xE0001234);
}

namespace {

/// What was raised because a noncontinuable exception was continued.
struct Second {
  DWORD code, flags, inner_code, inner_flags;
} second;

EXCEPTION_DISPOSITION __cdecl continue_once(EXCEPTION_RECORD* record, void* frame, CONTEXT* context,
                                            void* dispatcher) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  if (record->ExceptionCode == ours) return ExceptionContinueExecution;
  second.code = record->ExceptionCode;
  second.flags = record->ExceptionFlags;
  if (const EXCEPTION_RECORD* first = record->ExceptionRecord) {
    second.inner_code = first->ExceptionCode;
    second.inner_flags = first->ExceptionFlags;
  }
  return Block::leave(record, frame, context, dispatcher);
}

EXCEPTION_DISPOSITION __cdecl return_nonsense(EXCEPTION_RECORD* record, void* frame,
                                              CONTEXT* context, void* dispatcher) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  if (record->ExceptionCode == ours) return static_cast<EXCEPTION_DISPOSITION>(77);
  return Block::leave(record, frame, context, dispatcher);
}

}  // namespace

void noncontinuable(ktap::Test& t) {
  Block block = {crt::SehFrame(continue_once), {}};
  seen = {};
  second = {};
  if (__builtin_setjmp(block.resume) == 0) {
    RaiseException(ours, EXCEPTION_NONCONTINUABLE, 0, nullptr);
    t.expect("RaiseException doesn't return", false);
  }
  t.equal("the second ExceptionCode", second.code, 0xC0000025);
  t.equal("its flags", second.flags & EXCEPTION_NONCONTINUABLE, 1);
  t.equal("the code of its ExceptionRecord", second.inner_code, ours);
  t.equal("the flags of its ExceptionRecord", second.inner_flags & 1, 1);
}

void chain_order(ktap::Test& t) {
  void* const before = chain_head();
  trace.clear();
  seen = {};
  {
    const crt::SehFrame outer(go_on);
    const crt::SehFrame middle(trace_search<'b'>);
    const crt::SehFrame inner(trace_search<'a'>);
    t.equal("FS:[0]", address_of(chain_head()), address_of(&inner));
    RaiseException(ours, 0, 0, nullptr);
    t.equal("FS:[0] afterwards", address_of(chain_head()), address_of(&inner));
  }
  t.equal("calls", trace.text(), "ab");
  t.equal("calls of the one that continues", seen.calls, 1);
  t.expect("FS:[0] is what it was", chain_head() == before);
}

namespace {

EXCEPTION_DISPOSITION __cdecl give_values(EXCEPTION_RECORD* record, void*, CONTEXT* context,
                                          void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  context->Eip += 2;
  context->Eax = 0x12345678;
  context->Edx = 0x9ABCDEF0;
  context->EFlags |= 1;  // carry
  return ExceptionContinueExecution;
}

}  // namespace

void context_edit(ktap::Test& t) {
  const crt::SehFrame frame(give_values);
  DWORD eax = 0, edx = 0, carry = 0;
  asm volatile("clc\n\t.byte 0x8B, 0x01\n\tsbbl %%ecx, %%ecx"  // movl (%ecx), %eax
               : "=a"(eax), "=d"(edx), "=c"(carry)
               : "c"(0)
               : "memory", "cc");
  t.equal("Eax", eax, 0x12345678);
  t.equal("Edx", edx, 0x9ABCDEF0);
  t.equal("the carry flag", carry, 0xFFFFFFFF);
}

namespace {

DWORD unwind_code, unwind_flags;

EXCEPTION_DISPOSITION __cdecl note_unwind(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  unwind_code = record->ExceptionCode;
  unwind_flags = record->ExceptionFlags;
  return ExceptionContinueSearch;
}

}  // namespace

void unwind(ktap::Test& t) {
  Block block;
  trace.clear();
  seen = {};
  if (__builtin_setjmp(block.resume) == 0) {
    const crt::SehFrame outer(trace_search<'b'>);
    const crt::SehFrame inner(trace_search<'a'>);
    RaiseException(ours, 0, 0, nullptr);
  }
  t.equal("calls", trace.text(), "abAB");
  t.equal("FS:[0] is the target", address_of(chain_head()), address_of(&block.frame));
  {
    const crt::SehFrame frame(note_unwind);
    RtlUnwind(&block.frame, nullptr, nullptr, nullptr);
    t.equal("FS:[0] behind an unwind of one's own", address_of(chain_head()),
            address_of(&block.frame));
    asm volatile("movl %0, %%fs:0" : : "r"(&frame) : "memory");
  }
  t.equal("ExceptionCode", unwind_code, 0xC0000027);
  t.equal("ExceptionFlags", unwind_flags, EXCEPTION_UNWINDING);
}

namespace {

DWORD WINAPI unwind_everything(void* block) {
  const crt::SehFrame outer(note_unwind);
  const crt::SehFrame inner(trace_search<'a'>);
  void* const frames = chain_head();
  RtlUnwind(nullptr, nullptr, nullptr, nullptr);
  *static_cast<void**>(block) = chain_head();
  asm volatile("movl %0, %%fs:0" : : "r"(frames) : "memory");
  return 0;
}

}  // namespace

void exit_unwind(ktap::Test& t) {
  trace.clear();
  unwind_code = unwind_flags = 0;
  DWORD id = 0;
  void* head = nullptr;
  const HANDLE thread = CreateThread(nullptr, 0, unwind_everything, &head, 0, &id);
  t.succeeds("CreateThread", thread);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  t.equal("calls", trace.text(), "A");
  t.equal("ExceptionFlags", unwind_flags, EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND);
  t.equal("FS:[0]", address_of(head), 0xFFFFFFFF);
}

namespace {

DWORD flags_of_outer, outer_calls;

/// Called first for the exception that the inner handler raises, then for the first one.
EXCEPTION_DISPOSITION __cdecl look_at_flags(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  ++outer_calls;
  if (record->ExceptionCode == ours) {
    flags_of_outer = record->ExceptionFlags;
    return ExceptionContinueSearch;
  }
  seen.flags = record->ExceptionFlags;
  return ExceptionContinueExecution;
}

EXCEPTION_DISPOSITION __cdecl raise_another(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  trace.add('a');
  if (record->ExceptionCode == ours) RaiseException(ours + 1, 0, 0, nullptr);
  return ExceptionContinueSearch;
}

}  // namespace

void nested_exception(ktap::Test& t) {
  trace.clear();
  seen = {};
  flags_of_outer = outer_calls = 0;
  const crt::SehFrame last(go_on);
  const crt::SehFrame outer(look_at_flags);
  const crt::SehFrame inner(raise_another);
  RaiseException(ours, 0, 0, nullptr);
  t.equal("calls of the handler that raises", trace.text(), "aa");
  t.equal("calls of the one outside", outer_calls, 2);
  t.equal("flags there of the nested exception", seen.calls == 1 ? seen.flags : 0xFFFFFFFF, 0);
  t.equal("flags there of the first one", flags_of_outer, 0);
}

namespace {

EXCEPTION_DISPOSITION __cdecl raise_in_unwind(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) == 0) return ExceptionContinueSearch;
  trace.add('B');
  if (record->ExceptionCode == ours) RaiseException(ours + 1, 0, 0, nullptr);
  return ExceptionContinueSearch;
}

}  // namespace

/// The unwind for the first exception is at its second frame when that raises another one, whose
/// unwind reaches the same target: the frame in between is not called again.
void collided_unwind(ktap::Test& t) {
  Block block;
  trace.clear();
  seen = {};
  if (__builtin_setjmp(block.resume) == 0) {
    const crt::SehFrame outer(trace_search<'c'>);
    const crt::SehFrame middle(raise_in_unwind);
    const crt::SehFrame inner(trace_search<'a'>);
    RaiseException(ours, 0, 0, nullptr);
  }
  t.equal("calls", trace.text(), "acABcC");
  t.equal("the exception that was handled last", seen.code, ours + 1);
  t.equal("FS:[0] is the target", address_of(chain_head()), address_of(&block.frame));
}

void invalid_disposition(ktap::Test& t) {
  Block block = {crt::SehFrame(return_nonsense), {}};
  seen = {};
  if (__builtin_setjmp(block.resume) == 0) {
    RaiseException(ours, 0, 0, nullptr);
    t.expect("RaiseException doesn't return", false);
  }
  t.equal("ExceptionCode", seen.code, 0xC0000026);
  t.equal("ExceptionFlags", seen.flags & EXCEPTION_NONCONTINUABLE, 1);
}

void invalid_target(ktap::Test& t) {
  Block block;
  seen = {};
  char lower[64];
  if (__builtin_setjmp(block.resume) == 0) {
    RtlUnwind(reinterpret_cast<void*>(address_of(lower) - 0x100), nullptr, nullptr, nullptr);
    t.expect("RtlUnwind doesn't return", false);
  }
  t.equal("ExceptionCode", seen.code, 0xC0000029);
  t.equal("ExceptionFlags", seen.flags & EXCEPTION_NONCONTINUABLE, 1);
}

}  // namespace exceptions
