// Memory, errors and text of user32.
#include "guest/user32/user32.hpp"

namespace user {

PVOID allocate(ULONG size) {
  return RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, HEAP_ZERO_MEMORY, size);
}

void release(PVOID block) {
  if (block != nullptr) RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, block);
}

BOOL fail(DWORD error) {
  RtlSetLastWin32Error(error);
  return 0;
}

bool failed(NTSTATUS status) {
  if (NT_SUCCESS(status)) return false;
  switch (status) {
    case STATUS_INVALID_HANDLE:
      fail(ERROR_INVALID_WINDOW_HANDLE);
      break;
    case STATUS_INVALID_CID:
      fail(ERROR_INVALID_THREAD_ID);
      break;
    case STATUS_QUOTA_EXCEEDED:
      fail(ERROR_NOT_ENOUGH_QUOTA);
      break;
    case STATUS_INSUFFICIENT_RESOURCES:
      fail(ERROR_NOT_ENOUGH_MEMORY);
      break;
    default:
      RtlSetLastWin32ErrorAndNtStatusFromNtStatus(status);
  }
  return true;
}

char narrow(WCHAR c) { return c < 0x100 ? static_cast<char>(c) : '?'; }
WCHAR widen(char c) { return static_cast<UCHAR>(c); }

ULONG copy(char* to, ULONG room, PCWSTR from, ULONG length) {
  if (room == 0) return 0;
  const ULONG count = length < room ? length : room - 1;
  for (ULONG i = 0; i < count; ++i) to[i] = narrow(from[i]);
  to[count] = '\0';
  return count;
}

ULONG copy(WCHAR* to, ULONG room, PCWSTR from, ULONG length) {
  if (room == 0) return 0;
  const ULONG count = length < room ? length : room - 1;
  memcpy(to, from, count * sizeof(WCHAR));
  to[count] = 0;
  return count;
}

Text::Text(LPCSTR text) : null_(text == nullptr) {
  ULONG length = 0;
  for (; !null_ && text[length] != '\0' && length < USER_TEXT_CAPACITY; ++length) {
    buffer_[length] = widen(text[length]);
  }
  buffer_[length] = 0;
  string_ = {static_cast<USHORT>(length * sizeof(WCHAR)), sizeof buffer_, buffer_};
}

Text::Text(PCWSTR text) : null_(text == nullptr) {
  ULONG length = 0;
  for (; !null_ && text[length] != 0 && length < USER_TEXT_CAPACITY; ++length) {
    buffer_[length] = text[length];
  }
  buffer_[length] = 0;
  string_ = {static_cast<USHORT>(length * sizeof(WCHAR)), sizeof buffer_, buffer_};
}

}  // namespace user
