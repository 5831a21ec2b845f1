// Two lists of vectored handlers. A handler may add and remove handlers, itself too: while any is
// called no entry leaves its list, and those that were removed go when the last call is over.
#include "guest/ntdll/vectored_handlers.hpp"

namespace {

struct Entry {
  Entry* next;
  PVECTORED_EXCEPTION_HANDLER handler;
  bool removed;
};

class HandlerList {
 public:
  PVOID add(ULONG first, PVECTORED_EXCEPTION_HANDLER handler);
  ULONG remove(PVOID handle);
  bool call(PEXCEPTION_RECORD record, PCONTEXT context);

 private:
  void free_removed();
  Entry* first_ = nullptr;
  unsigned callers_ = 0;
  bool stale_ = false;  // an entry is marked as removed
};

HandlerList exception_handlers, continue_handlers;

RTL_CRITICAL_SECTION lock = {nullptr, -1, 0, nullptr, nullptr, 0};

class Guard {
 public:
  Guard() { RtlEnterCriticalSection(&lock); }
  ~Guard() { RtlLeaveCriticalSection(&lock); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
};

PVOID HandlerList::add(ULONG first, PVECTORED_EXCEPTION_HANDLER handler) {
  auto* entry = static_cast<Entry*>(RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, sizeof(Entry)));
  if (entry == nullptr) return nullptr;
  const Guard guard;
  Entry** link = &first_;
  while (first == 0 && *link != nullptr) link = &(*link)->next;
  *entry = {*link, handler, false};
  *link = entry;
  return entry;
}

ULONG HandlerList::remove(PVOID handle) {
  const Guard guard;
  for (Entry* entry = first_; entry != nullptr; entry = entry->next) {
    if (entry != handle || entry->removed) continue;
    entry->removed = stale_ = true;
    if (callers_ == 0) free_removed();
    return TRUE;
  }
  return FALSE;
}

void HandlerList::free_removed() {
  for (Entry** link = &first_; *link != nullptr;) {
    Entry* entry = *link;
    if (entry->removed) {
      *link = entry->next;
      RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, entry);
    } else {
      link = &entry->next;
    }
  }
  stale_ = false;
}

bool HandlerList::call(PEXCEPTION_RECORD record, PCONTEXT context) {
  // Most processes have none.
  if (*const_cast<Entry* volatile*>(&first_) == nullptr) return false;
  EXCEPTION_POINTERS pointers = {record, context};
  bool continues = false;
  RtlEnterCriticalSection(&lock);
  ++callers_;
  for (Entry* entry = first_; entry != nullptr && !continues; entry = entry->next) {
    if (entry->removed) continue;
    const PVECTORED_EXCEPTION_HANDLER handler = entry->handler;
    RtlLeaveCriticalSection(&lock);
    continues = handler(&pointers) == EXCEPTION_CONTINUE_EXECUTION;
    RtlEnterCriticalSection(&lock);
  }
  if (--callers_ == 0 && stale_) free_removed();
  RtlLeaveCriticalSection(&lock);
  return continues;
}

}  // namespace

namespace rtl {

bool call_vectored_exception_handlers(PEXCEPTION_RECORD record, PCONTEXT context) {
  return exception_handlers.call(record, context);
}

void call_vectored_continue_handlers(PEXCEPTION_RECORD record, PCONTEXT context) {
  continue_handlers.call(record, context);
}

}  // namespace rtl

extern "C" {

PVOID NTAPI RtlAddVectoredExceptionHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler) {
  return exception_handlers.add(First, Handler);
}
ULONG NTAPI RtlRemoveVectoredExceptionHandler(PVOID Handle) {
  return exception_handlers.remove(Handle);
}
PVOID NTAPI RtlAddVectoredContinueHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler) {
  return continue_handlers.add(First, Handler);
}
ULONG NTAPI RtlRemoveVectoredContinueHandler(PVOID Handle) {
  return continue_handlers.remove(Handle);
}
}
