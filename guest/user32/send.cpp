// SendMessage: within the thread a call, else a packet through the kernel.
#include "guest/user32/packet.hpp"

namespace user {

namespace {

ULONG text_length(bool unicode, LPARAM text) {
  return unicode ? wcslen(reinterpret_cast<PCWSTR>(text)) : strlen(reinterpret_cast<LPCSTR>(text));
}

bool pack_text(Packet& packet, bool unicode, LPARAM text) {
  const ULONG length = text == 0 ? 0 : text_length(unicode, text);
  if (!packet.make((length + 1) * sizeof(WCHAR))) return false;
  auto* to = reinterpret_cast<WCHAR*>(packet.bytes());
  for (ULONG i = 0; i < length; ++i) {
    to[i] = unicode ? reinterpret_cast<PCWSTR>(text)[i] : widen(reinterpret_cast<LPCSTR>(text)[i]);
  }
  packet->content = Content::Text;
  packet->pointer = text != 0;
  return true;
}

bool pack_copy_data(Packet& packet, LPARAM lparam) {
  const auto* data = reinterpret_cast<const COPYDATASTRUCT*>(lparam);
  const bool bytes = data != nullptr && data->lpData != nullptr;
  if (!packet.make(bytes ? data->cbData : 0)) return false;
  packet->content = Content::CopyData;
  packet->value = data == nullptr ? 0 : data->dwData;
  packet->pointer = bytes;
  if (bytes) memcpy(packet.bytes(), data->lpData, data->cbData);
  return true;
}

bool pack(Packet& packet, bool same_process, bool unicode, UINT message, LPARAM lparam) {
  bool made = false;
  if (!same_process && message == WM_SETTEXT) {
    made = pack_text(packet, unicode, lparam);
  } else if (!same_process && message == WM_COPYDATA) {
    made = pack_copy_data(packet, lparam);
  } else if (packet.make(0)) {
    made = true;
    packet->content = !same_process && message == WM_GETTEXT ? Content::GetText : Content::Words;
  }
  if (made) packet->unicode = unicode;
  return made;
}

/// The text that WM_GETTEXT has brought, where the sender wants it.
void unpack_text(const USER_MESSAGE& reply, const UCHAR* bytes, bool unicode, WPARAM room,
                 LPARAM to) {
  const auto* text = reinterpret_cast<PCWSTR>(bytes);
  const ULONG length = reply.DataSize / sizeof(WCHAR);
  if (unicode) {
    copy(reinterpret_cast<WCHAR*>(to), room, text, length);
  } else {
    copy(reinterpret_cast<char*>(to), room, text, length);
  }
}

/// Serves what others send until the answer is there.
NTSTATUS wait_for_reply(ULONG number, ULONG milliseconds, USER_MESSAGE& reply) {
  LARGE_INTEGER timeout;
  timeout.QuadPart = -static_cast<LONGLONG>(milliseconds) * 10000;
  for (;;) {
    const NTSTATUS status = NtUserGetMessage(&reply, nullptr, 0, 0, USER_WAIT, number,
                                             milliseconds == ~ULONG{0} ? nullptr : &timeout);
    if (status != STATUS_SUCCESS || reply.Kind == UserReply) return status;
    serve(reply);
  }
}

bool send_packet(HWND handle, const Packet& packet, bool unicode, UINT message, WPARAM wparam,
                 LPARAM lparam, ULONG milliseconds, LRESULT& result) {
  ULONG number = 0;
  if (failed(NtUserSendMessage(handle, message, wparam, static_cast<ULONG>(lparam), packet.start(),
                               packet.size(), &number))) {
    return false;
  }
  USER_MESSAGE reply;
  const NTSTATUS status = wait_for_reply(number, milliseconds, reply);
  if (status == STATUS_TIMEOUT) return fail(ERROR_TIMEOUT) != 0;
  if (failed(status)) return false;
  UCHAR* bytes = reply.DataSize == 0 ? nullptr : static_cast<UCHAR*>(allocate(reply.DataSize));
  const bool answered =
      !failed(NtUserGetMessageData(number, bytes, bytes == nullptr ? 0 : reply.DataSize));
  if (answered) result = static_cast<LRESULT>(reply.Result);
  if (answered && packet->content == Content::GetText) {
    unpack_text(reply, bytes, unicode, wparam, lparam);
  }
  release(bytes);
  return answered;
}

}  // namespace

bool send(HWND handle, bool unicode, UINT message, WPARAM wparam, LPARAM lparam, ULONG milliseconds,
          LRESULT& result) {
  USER_WINDOW_INFORMATION information;
  if (failed(NtUserQueryWindow(handle, &information))) return false;
  const CLIENT_ID& self = NtCurrentTeb()->ClientId;
  if (information.Thread == self.UniqueThread) {
    result = call(handle, unicode, message, wparam, lparam);
    return true;
  }
  Packet packet;
  if (!pack(packet, information.Process == self.UniqueProcess, unicode, message, lparam)) {
    return fail(ERROR_NOT_ENOUGH_MEMORY) != 0;
  }
  return send_packet(handle, packet, unicode, message, wparam, lparam, milliseconds, result);
}

}  // namespace user

extern "C" {

LRESULT WINAPI SendMessageA(HWND Window, UINT Message, WPARAM wParam, LPARAM lParam) {
  LRESULT result = 0;
  user::send(Window, false, Message, wParam, lParam, ~ULONG{0}, result);
  return result;
}

LRESULT WINAPI SendMessageW(HWND Window, UINT Message, WPARAM wParam, LPARAM lParam) {
  LRESULT result = 0;
  user::send(Window, true, Message, wParam, lParam, ~ULONG{0}, result);
  return result;
}

/// Every message is served while it waits, whatever the flags.
LRESULT WINAPI SendMessageTimeoutA(HWND Window, UINT Message, WPARAM wParam, LPARAM lParam, UINT,
                                   UINT Milliseconds, DWORD* Result) {
  LRESULT result = 0;
  const bool sent = user::send(Window, false, Message, wParam, lParam, Milliseconds, result);
  if (sent && Result != nullptr) *Result = static_cast<DWORD>(result);
  return sent;
}

}  // extern "C"
