// The message loop, and posting.
#include "guest/user32/user32.hpp"

namespace user {

namespace {

constexpr UINT PM_REMOVE = 1;

/// 1 with a message, 0 with none (or WM_QUIT taken by GetMessage), -1 with the last error set.
NTSTATUS next(MSG* message, HWND window, UINT first, UINT last, ULONG flags) {
  for (;;) {
    USER_MESSAGE taken;
    const NTSTATUS status = NtUserGetMessage(&taken, window, first, last, flags, 0, nullptr);
    if (!NT_SUCCESS(status)) return status;
    if (taken.Kind == UserSent) {
      serve(taken);
      continue;
    }
    *message = {taken.Window, taken.Message, taken.wParam, static_cast<LPARAM>(taken.lParam),
                taken.Time,   taken.PointX,  taken.PointY};
    return status;
  }
}

BOOL get(MSG* message, HWND window, UINT first, UINT last) {
  const NTSTATUS status = next(message, window, first, last, USER_REMOVE | USER_WAIT);
  if (failed(status)) return -1;
  return message->message != WM_QUIT;
}

BOOL peek(MSG* message, HWND window, UINT first, UINT last, UINT remove) {
  const NTSTATUS status =
      next(message, window, first, last, (remove & PM_REMOVE) != 0 ? USER_REMOVE : 0);
  if (status == STATUS_NO_MORE_ENTRIES) return 0;
  return !failed(status);
}

/// Messages that point to memory can't be posted: nobody would know when it is free again.
bool carries_memory(UINT message) {
  return message == WM_SETTEXT || message == WM_GETTEXT || message == WM_COPYDATA ||
         message == WM_CREATE || message == WM_NCCREATE;
}

BOOL post(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
  if (carries_memory(message)) return fail(ERROR_MESSAGE_SYNC_ONLY);
  return !failed(NtUserPostMessage(window, 0, message, wparam, static_cast<ULONG>(lparam)));
}

LRESULT dispatch(const MSG* message, bool unicode) {
  if (message->hwnd == nullptr) return 0;
  return call(message->hwnd, unicode, message->message, message->wParam, message->lParam);
}

}  // namespace

}  // namespace user

extern "C" {

BOOL WINAPI GetMessageA(MSG* Message, HWND Window, UINT First, UINT Last) {
  return user::get(Message, Window, First, Last);
}
BOOL WINAPI GetMessageW(MSG* Message, HWND Window, UINT First, UINT Last) {
  return user::get(Message, Window, First, Last);
}
BOOL WINAPI PeekMessageA(MSG* Message, HWND Window, UINT First, UINT Last, UINT Remove) {
  return user::peek(Message, Window, First, Last, Remove);
}
BOOL WINAPI PeekMessageW(MSG* Message, HWND Window, UINT First, UINT Last, UINT Remove) {
  return user::peek(Message, Window, First, Last, Remove);
}

/// Returns with something posted, which it leaves there.
BOOL WINAPI WaitMessage() {
  MSG message;
  return !user::failed(user::next(&message, nullptr, 0, 0, USER_WAIT));
}

/// There is no keyboard for windows.
BOOL WINAPI TranslateMessage(const MSG*) { return 0; }

LRESULT WINAPI DispatchMessageA(const MSG* Message) { return user::dispatch(Message, false); }
LRESULT WINAPI DispatchMessageW(const MSG* Message) { return user::dispatch(Message, true); }

BOOL WINAPI PostMessageA(HWND Window, UINT Message, WPARAM wParam, LPARAM lParam) {
  return user::post(Window, Message, wParam, lParam);
}
BOOL WINAPI PostMessageW(HWND Window, UINT Message, WPARAM wParam, LPARAM lParam) {
  return user::post(Window, Message, wParam, lParam);
}
BOOL WINAPI PostThreadMessageA(DWORD Thread, UINT Message, WPARAM wParam, LPARAM lParam) {
  if (user::carries_memory(Message)) return user::fail(ERROR_MESSAGE_SYNC_ONLY);
  if (Thread == 0) return user::fail(ERROR_INVALID_THREAD_ID);
  return !user::failed(
      NtUserPostMessage(nullptr, Thread, Message, wParam, static_cast<ULONG>(lParam)));
}
void WINAPI PostQuitMessage(int ExitCode) { NtUserPostQuitMessage(static_cast<ULONG>(ExitCode)); }

}  // extern "C"
