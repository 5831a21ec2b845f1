// Messages sent between threads: the sender waits for the answer, and what the message points to is
// carried over, for the receiver may have another address space.
#include <initializer_list>

#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/system_services.hpp"
#include "kernel/win32/user.hpp"

namespace {

constinit ULONG UserNextNumber = 1;

/// Bytes of a user's in the pool; null with size 0.
class CapturedData {
 public:
  ~CapturedData() {
    if (data_ != nullptr) ExFreePool(data_);
  }
  NTSTATUS capture(PVOID user, ULONG size) {
    if (size == 0) return STATUS_SUCCESS;
    if (size > USER_DATA_CAPACITY) return STATUS_QUOTA_EXCEEDED;
    data_ = ExAllocatePoolWithTag(PagedPool, size, UserTag());
    if (data_ == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
    return MmCopyFromUser(data_, reinterpret_cast<ULONG>(user), size);
  }
  void exchange(PVOID& with) {
    PVOID mine = data_;
    data_ = with;
    with = mine;
  }

 private:
  PVOID data_ = nullptr;
};

USER_SEND* find(PLIST_ENTRY head, ULONG number, bool of_receiver) {
  for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink) {
    USER_SEND* send = of_receiver ? CONTAINING_RECORD(entry, USER_SEND, ReceiverEntry)
                                  : CONTAINING_RECORD(entry, USER_SEND, SenderEntry);
    if (send->Message.Number == number) return send;
  }
  return nullptr;
}

void delete_send(USER_SEND* send) {
  if (send->Data != nullptr) ExFreePool(send->Data);
  ExFreePool(send);
}

/// The receiver is done with it: the sender is told, or it goes.
void finish(USER_SEND* send, USER_SEND_STATE state) {
  RemoveEntryList(&send->ReceiverEntry);
  send->State = state;
  if (send->Sender == nullptr) {
    delete_send(send);
  } else {
    KeSetEvent(&send->Sender->Arrived);
  }
}

/// The sender waits no longer. What the receiver has not taken yet it never sees.
void abandon(USER_SEND* send) {
  RemoveEntryList(&send->SenderEntry);
  send->Sender = nullptr;
  if (send->State == UserSendProcessing) return;
  if (send->State == UserSendWaiting) RemoveEntryList(&send->ReceiverEntry);
  delete_send(send);
}

}  // namespace

void UserEndSends(USER_QUEUE* queue) {
  for (PLIST_ENTRY head : {&queue->Sent, &queue->Processing}) {
    while (!IsListEmpty(head)) {
      finish(CONTAINING_RECORD(head->Flink, USER_SEND, ReceiverEntry), UserSendFailed);
    }
  }
  while (!IsListEmpty(&queue->Outstanding)) {
    abandon(CONTAINING_RECORD(queue->Outstanding.Flink, USER_SEND, SenderEntry));
  }
}

void UserGiveUpReply(USER_QUEUE* queue, ULONG number) {
  const FastMutexGuard lock(UserLock);
  if (USER_SEND* send = find(&queue->Outstanding, number, false)) abandon(send);
}

/// The answer comes through NtUserGetMessage by `number`.
NTSTATUS NTAPI NtUserSendMessage(HANDLE handle, ULONG message, ULONG wparam, ULONG lparam,
                                 PVOID data, ULONG size, PULONG number) {
  CapturedData captured;
  NTSTATUS status = captured.capture(data, size);
  if (!NT_SUCCESS(status)) return status;
  USER_QUEUE* queue = UserGetQueue();
  auto* send =
      static_cast<USER_SEND*>(ExAllocatePoolWithTag(PagedPool, sizeof(USER_SEND), UserTag()));
  if (queue == nullptr || send == nullptr) {
    if (send != nullptr) ExFreePool(send);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  *send = {};
  send->Sender = queue;
  send->Message.Window = handle;
  send->Message.Message = message;
  send->Message.wParam = wparam;
  send->Message.lParam = lparam;
  send->Message.Time = NtGetTickCount();
  send->Message.DataSize = size;
  {
    const FastMutexGuard lock(UserLock);
    const USER_WINDOW* window = UserLookupWindow(handle);
    if (window == nullptr) {
      ExFreePool(send);
      return STATUS_INVALID_HANDLE;
    }
    send->Message.Number = UserNextNumber;
    UserNextNumber = UserNextNumber == ~ULONG{0} ? 1 : UserNextNumber + 1;
    captured.exchange(send->Data);
    InsertTailList(&window->Queue->Sent, &send->ReceiverEntry);
    InsertTailList(&queue->Outstanding, &send->SenderEntry);
    KeSetEvent(&window->Queue->Arrived);
    message = send->Message.Number;
  }
  status = MmWriteUser(number, message);
  if (!NT_SUCCESS(status)) UserGiveUpReply(queue, message);
  return status;
}

/// The bytes of a message that the caller has taken and not answered, or, which ends it, of a
/// reply.
NTSTATUS NTAPI NtUserGetMessageData(ULONG number, PVOID buffer, ULONG room) {
  USER_QUEUE* queue = UserGetQueue();
  if (queue == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const FastMutexGuard lock(UserLock);
  USER_SEND* send = find(&queue->Processing, number, true);
  const bool reply = send == nullptr;
  if (reply) send = find(&queue->Outstanding, number, false);
  if (send == nullptr || (reply && send->State < UserSendAnswered)) return STATUS_NOT_FOUND;
  const bool failed = send->State == UserSendFailed;
  const ULONG size = failed ? 0 : send->Message.DataSize < room ? send->Message.DataSize : room;
  const NTSTATUS status =
      size == 0 ? STATUS_SUCCESS : MmCopyToUser(reinterpret_cast<ULONG>(buffer), send->Data, size);
  if (reply) abandon(send);
  return failed ? STATUS_INVALID_HANDLE : status;
}

NTSTATUS NTAPI NtUserReplyMessage(ULONG number, ULONG result, PVOID data, ULONG size) {
  CapturedData captured;
  const NTSTATUS status = captured.capture(data, size);
  if (!NT_SUCCESS(status)) return status;
  USER_QUEUE* queue = UserGetQueue();
  if (queue == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const FastMutexGuard lock(UserLock);
  USER_SEND* send = find(&queue->Processing, number, true);
  if (send == nullptr) return STATUS_NOT_FOUND;
  captured.exchange(send->Data);
  send->Message.DataSize = size;
  send->Message.Result = result;
  finish(send, UserSendAnswered);
  return STATUS_SUCCESS;
}
