// A thread's messages: posted ones, and what the thread takes out next.
#include <initializer_list>

#include "kernel/ke/clock.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/system_services.hpp"
#include "kernel/win32/user.hpp"

constinit FAST_MUTEX UserLock = {};

namespace {

const HANDLE broadcast = reinterpret_cast<HANDLE>(0xFFFF);
const HANDLE no_window = reinterpret_cast<HANDLE>(-1);  // as a filter: messages of the thread

struct Filter {
  HANDLE window;
  ULONG first, last;  // both 0: any

  bool takes(const USER_MESSAGE& message) const {
    if (window == no_window ? message.Window != nullptr
                            : window != nullptr && message.Window != window) {
      return false;
    }
    return (first == 0 && last == 0) || (message.Message >= first && message.Message <= last);
  }
};

bool take_sent(USER_QUEUE* queue, USER_MESSAGE& message) {
  if (IsListEmpty(&queue->Sent)) return false;
  auto* send = CONTAINING_RECORD(RemoveHeadList(&queue->Sent), USER_SEND, ReceiverEntry);
  InsertTailList(&queue->Processing, &send->ReceiverEntry);
  send->State = UserSendProcessing;
  message = send->Message;
  message.Kind = UserSent;
  return true;
}

bool take_reply(USER_QUEUE* queue, ULONG number, USER_MESSAGE& message) {
  for (PLIST_ENTRY entry = queue->Outstanding.Flink; entry != &queue->Outstanding;
       entry = entry->Flink) {
    auto* send = CONTAINING_RECORD(entry, USER_SEND, SenderEntry);
    if (send->Message.Number != number) continue;
    if (send->State != UserSendAnswered && send->State != UserSendFailed) return false;
    message = send->Message;
    message.Kind = UserReply;
    return true;
  }
  return false;
}

bool take_posted(USER_QUEUE* queue, const Filter& filter, bool remove, USER_MESSAGE& message) {
  for (PLIST_ENTRY entry = queue->Posted.Flink; entry != &queue->Posted; entry = entry->Flink) {
    auto* posted = CONTAINING_RECORD(entry, USER_POSTED_MESSAGE, Entry);
    if (!filter.takes(posted->Message)) continue;
    message = posted->Message;
    if (remove) {
      RemoveEntryList(entry);
      --queue->PostedCount;
      ExFreePool(posted);
    }
    return true;
  }
  if (!queue->QuitPosted) return false;
  message = {};
  message.Message = WM_QUIT_MESSAGE;
  message.wParam = queue->QuitCode;
  message.Time = NtGetTickCount();
  if (remove) queue->QuitPosted = FALSE;
  return true;
}

/// Sent messages come first; a thread that waits for a reply takes no posted ones.
NTSTATUS take(USER_QUEUE* queue, const Filter& filter, bool remove, ULONG reply,
              USER_MESSAGE& message) {
  const FastMutexGuard lock(UserLock);
  if (take_sent(queue, message)) return STATUS_SUCCESS;
  if (reply != 0) {
    return take_reply(queue, reply, message) ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
  }
  const bool dead = filter.window != nullptr && filter.window != no_window &&
                    UserLookupWindow(filter.window) == nullptr;
  if (dead) return STATUS_INVALID_HANDLE;
  return take_posted(queue, filter, remove, message) ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

USER_QUEUE* queue_of_thread(ULONG id) {
  const FastMutexGuard processes(PsActiveProcessMutex);
  const KDispatchGuard guard;
  for (PLIST_ENTRY p = PsActiveProcessHead.Flink; p != &PsActiveProcessHead; p = p->Flink) {
    EPROCESS* process = CONTAINING_RECORD(p, EPROCESS, ActiveProcessLinks);
    for (PLIST_ENTRY t = process->Pcb.ThreadListHead.Flink; t != &process->Pcb.ThreadListHead;
         t = t->Flink) {
      auto* thread = reinterpret_cast<ETHREAD*>(CONTAINING_RECORD(t, KTHREAD, ThreadListEntry));
      if (reinterpret_cast<ULONG>(thread->Cid.UniqueThread) == id) return thread->Win32Thread;
    }
  }
  return nullptr;
}

}  // namespace

void UserInitialize() { ExInitializeFastMutex(&UserLock); }

USER_QUEUE* UserGetQueue() {
  ETHREAD* thread = PsGetCurrentThread();
  if (thread->Win32Thread != nullptr) return thread->Win32Thread;
  auto* queue =
      static_cast<USER_QUEUE*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(USER_QUEUE), UserTag()));
  if (queue == nullptr) return nullptr;
  *queue = {};
  queue->Thread = thread;
  KeInitializeEvent(&queue->Arrived, SynchronizationEvent, false);
  for (PLIST_ENTRY head : {&queue->Posted, &queue->Sent, &queue->Processing, &queue->Outstanding}) {
    InitializeListHead(head);
  }
  const FastMutexGuard lock(UserLock);
  return thread->Win32Thread = queue;
}

void UserThreadRundown() {
  USER_QUEUE* queue = PsGetCurrentThread()->Win32Thread;
  if (queue == nullptr) return;
  const FastMutexGuard lock(UserLock);
  PsGetCurrentThread()->Win32Thread = nullptr;
  UserDestroyWindowsOf(queue);
  UserEndSends(queue);
  while (!IsListEmpty(&queue->Posted)) {
    ExFreePool(CONTAINING_RECORD(RemoveHeadList(&queue->Posted), USER_POSTED_MESSAGE, Entry));
  }
  ExFreePool(queue);
}

NTSTATUS UserPost(USER_QUEUE* queue, const USER_MESSAGE& message) {
  if (queue->PostedCount >= USER_POSTED_CAPACITY) return STATUS_QUOTA_EXCEEDED;
  auto* posted = static_cast<USER_POSTED_MESSAGE*>(
      ExAllocatePoolWithTag(PagedPool, sizeof(USER_POSTED_MESSAGE), UserTag()));
  if (posted == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  posted->Message = message;
  InsertTailList(&queue->Posted, &posted->Entry);
  ++queue->PostedCount;
  KeSetEvent(&queue->Arrived);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtUserPostMessage(HANDLE handle, ULONG thread, ULONG number, ULONG wparam,
                                 ULONG lparam) {
  USER_MESSAGE message = {};
  message.Window = handle;
  message.Message = number;
  message.wParam = wparam;
  message.lParam = lparam;
  message.Time = NtGetTickCount();
  const bool to_self = handle == nullptr && thread == 0;
  if (to_self && UserGetQueue() == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const FastMutexGuard lock(UserLock);
  if (handle == broadcast) {
    UserPostToAll(message);
    return STATUS_SUCCESS;
  }
  if (handle == nullptr) {
    USER_QUEUE* queue = to_self ? PsGetCurrentThread()->Win32Thread : queue_of_thread(thread);
    return queue == nullptr ? STATUS_INVALID_CID : UserPost(queue, message);
  }
  const USER_WINDOW* window = UserLookupWindow(handle);
  return window == nullptr ? STATUS_INVALID_HANDLE : UserPost(window->Queue, message);
}

NTSTATUS NTAPI NtUserPostQuitMessage(ULONG code) {
  USER_QUEUE* queue = UserGetQueue();
  if (queue == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const FastMutexGuard lock(UserLock);
  queue->QuitPosted = TRUE;
  queue->QuitCode = code;
  return STATUS_SUCCESS;
}

/// `reply` not 0: sent messages and the reply of that number; else sent and posted messages. With a
/// timeout, STATUS_TIMEOUT gives the reply up. Nothing there: STATUS_NO_MORE_ENTRIES.
NTSTATUS NTAPI NtUserGetMessage(USER_MESSAGE* result, HANDLE window, ULONG first, ULONG last,
                                ULONG flags, ULONG reply, PLARGE_INTEGER timeout) {
  LARGE_INTEGER until = {};
  if (timeout != nullptr) {
    const NTSTATUS status = MmReadUser(timeout, until);
    if (!NT_SUCCESS(status)) return status;
    if (until.QuadPart < 0) until.QuadPart = KeQuerySystemTime() - until.QuadPart;
  }
  USER_QUEUE* queue = UserGetQueue();
  if (queue == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const Filter filter = {window, first, last};
  for (;;) {
    USER_MESSAGE message;
    NTSTATUS status = take(queue, filter, (flags & USER_REMOVE) != 0, reply, message);
    if (status == STATUS_SUCCESS) return MmWriteUser(result, message);
    if (status != STATUS_NO_MORE_ENTRIES || (flags & USER_WAIT) == 0) return status;
    status =
        KeWaitForSingleObject(&queue->Arrived, UserMode, timeout == nullptr ? nullptr : &until);
    if (status == STATUS_TIMEOUT && reply != 0) UserGiveUpReply(queue, reply);
    if (status != STATUS_SUCCESS) return status;
  }
}
