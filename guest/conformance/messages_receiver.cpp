// The window of the receiving process.
#include "guest/conformance/messages_receiver.hpp"

namespace {

ULONG_PTR data_value;
DWORD data_size;

LRESULT take_copy_data(const COPYDATASTRUCT& data) {
  data_value = data.dwData;
  data_size = data.cbData;
  auto* bytes = static_cast<char*>(data.lpData);
  const LRESULT sum = sum_of(bytes, data.cbData);
  for (DWORD i = 0; i < data.cbData; ++i) bytes[i] = 0;  // its own copy
  return sum;
}

LRESULT text_sum(HWND window) {
  char text[64];
  const int length = GetWindowTextA(window, text, sizeof text);
  return sum_of(text, static_cast<DWORD>(length));
}

LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
  switch (message) {
    case WM_COPYDATA:
      return take_copy_data(*reinterpret_cast<const COPYDATASTRUCT*>(lparam));
    case ask_text_sum:
      return text_sum(window);
    case ask_data_value:
      return static_cast<LRESULT>(data_value);
    case ask_data_size:
      return static_cast<LRESULT>(data_size);
    case ask_unreadable: {
      MEMORY_BASIC_INFORMATION information = {};
      VirtualQuery(reinterpret_cast<void*>(lparam), &information, sizeof information);
      return information.State == MEM_FREE;
    }
    case ask_parameter:
      return lparam;
    case ask_back:
      return SendMessageA(reinterpret_cast<HWND>(lparam), ask_parameter, 0, 1234);
    case ask_early:
      ReplyMessage(11);
      return 12;
    case ask_exit:
      ExitProcess(3);
    case ask_sleep:
      Sleep(static_cast<DWORD>(wparam));
      return 1;
    case WM_DESTROY:
      PostQuitMessage(0);
      return 0;
    default:
      return DefWindowProcA(window, message, wparam, lparam);
  }
}

}  // namespace

int receive(HANDLE ready) {
  WNDCLASSA window_class = {};
  window_class.lpfnWndProc = procedure;
  window_class.lpszClassName = receiver_class;
  RegisterClassA(&window_class);
  const HWND window = CreateWindowExA(0, receiver_class, "receiver", 0, 0, 0, 0, 0, nullptr,
                                      nullptr, nullptr, nullptr);
  if (window == nullptr) return 1;
  SetEvent(ready);
  MSG message;
  while (GetMessageA(&message, nullptr, 0, 0) > 0) DispatchMessageA(&message);
  return static_cast<int>(message.wParam);
}
