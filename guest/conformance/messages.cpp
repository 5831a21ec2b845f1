// Messages between threads and processes: what is carried over and what is not. The program starts
// itself as the receiver, whose window answers by what it has seen.
#include <initializer_list>

#include "guest/conformance/ktap.hpp"
#include "guest/conformance/messages_receiver.hpp"

namespace {

constexpr DWORD other_base = 0x0A000000;  // nothing lies there in the receiver

class Receiver {
 public:
  explicit Receiver(ktap::Test& t) {
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, nullptr, TRUE};
    const HANDLE ready = CreateEventA(&inherited, TRUE, FALSE, nullptr);
    char line[MAX_PATH + 40];
    const DWORD length = GetModuleFileNameA(nullptr, line, MAX_PATH);
    lstrcpyA(line + length, " child ");
    *crt::format_unsigned(line + lstrlenA(line), reinterpret_cast<DWORD>(ready), 10, 1) = '\0';
    STARTUPINFOA startup = {};
    startup.cb = sizeof startup;
    t.succeeds("CreateProcess", CreateProcessA(nullptr, line, nullptr, nullptr, TRUE, 0, nullptr,
                                               nullptr, &startup, &process_));
    t.equal("the receiver is ready", WaitForSingleObject(ready, 20000), WAIT_OBJECT_0);
    CloseHandle(ready);
    window = FindWindowA(receiver_class, nullptr);
    t.succeeds("FindWindow", window);
  }
  /// Ends it, by WM_CLOSE unless it has ended already.
  ~Receiver() {
    PostMessageA(window, WM_CLOSE, 0, 0);
    WaitForSingleObject(process_.hProcess, 20000);
    CloseHandle(process_.hThread);
    CloseHandle(process_.hProcess);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  HANDLE process() const { return process_.hProcess; }
  DWORD id() const { return process_.dwProcessId; }
  DWORD thread_id() const { return process_.dwThreadId; }

  HWND window = nullptr;

 private:
  PROCESS_INFORMATION process_ = {};
};

LRESULT copy_data(HWND window, DWORD value, void* bytes, DWORD size) {
  COPYDATASTRUCT data = {value, size, bytes};
  return SendMessageA(window, WM_COPYDATA, 0, reinterpret_cast<LPARAM>(&data));
}

void set_text(ktap::Test& t) {
  const Receiver receiver(t);
  char text[] = "from another process";
  t.equal("SendMessage(WM_SETTEXT)",
          SendMessageA(receiver.window, WM_SETTEXT, 0, reinterpret_cast<LPARAM>(text)), 1);
  t.equal("the receiver's sum of it", SendMessageA(receiver.window, ask_text_sum, 0, 0),
          sum_of(text, sizeof text - 1));
  char title[64] = {};
  t.equal("GetWindowText", GetWindowTextA(receiver.window, title, sizeof title), 20);
  t.equal("the title", title, "from another process");
}

void get_text(ktap::Test& t) {
  const Receiver receiver(t);
  SendMessageA(receiver.window, WM_SETTEXT, 0, reinterpret_cast<LPARAM>("0123456789"));
  char text[64] = "untouched";
  t.equal("SendMessage(WM_GETTEXT)",
          SendMessageA(receiver.window, WM_GETTEXT, sizeof text, reinterpret_cast<LPARAM>(text)),
          10);
  t.equal("the text", text, "0123456789");
  t.equal("with room for 5",
          SendMessageA(receiver.window, WM_GETTEXT, 5, reinterpret_cast<LPARAM>(text)), 4);
  t.equal("the text cut off", text, "0123");
  t.equal("WM_GETTEXTLENGTH", SendMessageA(receiver.window, WM_GETTEXTLENGTH, 0, 0), 10);
}

void copy_data_arrives(ktap::Test& t) {
  const Receiver receiver(t);
  char bytes[] = {1, 2, 3, 4, 5, 0, 7};
  t.equal("SendMessage(WM_COPYDATA): the receiver's sum",
          copy_data(receiver.window, 0x1234, bytes, 7), sum_of(bytes, 7));
  t.equal("dwData", SendMessageA(receiver.window, ask_data_value, 0, 0), 0x1234);
  t.equal("cbData", SendMessageA(receiver.window, ask_data_size, 0, 0), 7);
  t.equal("the receiver's stores stay there: byte 0", bytes[0], 1);
  t.equal("byte 6", bytes[6], 7);
}

void copy_data_large(ktap::Test& t) {
  const Receiver receiver(t);
  static char bytes[200000];
  for (unsigned i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<char>(i * 37 >> 3);
  t.equal("the receiver's sum of 200,000 bytes", copy_data(receiver.window, 0, bytes, sizeof bytes),
          sum_of(bytes, sizeof bytes));
}

void copy_data_nothing(ktap::Test& t) {
  const Receiver receiver(t);
  t.equal("the sum of no bytes", copy_data(receiver.window, 77, nullptr, 0), sum_of(nullptr, 0));
  t.equal("dwData", SendMessageA(receiver.window, ask_data_value, 0, 0), 77);
  t.equal("cbData", SendMessageA(receiver.window, ask_data_size, 0, 0), 0);
}

void sent_only(ktap::Test& t) {
  const Receiver receiver(t);
  COPYDATASTRUCT data = {0, 0, nullptr};
  t.fails("PostMessage(WM_COPYDATA)",
          PostMessageA(receiver.window, WM_COPYDATA, 0, reinterpret_cast<LPARAM>(&data)), 1159);
  t.fails("PostMessage(WM_SETTEXT)",
          PostMessageA(receiver.window, WM_SETTEXT, 0, reinterpret_cast<LPARAM>("text")), 1159);
}

void user_pointer(ktap::Test& t) {
  const Receiver receiver(t);
  void* memory = VirtualAlloc(reinterpret_cast<void*>(other_base), 0x10000,
                              MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  t.equal("memory at 0A000000", memory, reinterpret_cast<void*>(other_base));
  t.equal("the receiver can't read there",
          SendMessageA(receiver.window, ask_unreadable, 0, reinterpret_cast<LPARAM>(memory)), 1);
  t.equal("it gets the address as it is",
          SendMessageA(receiver.window, ask_parameter, 0, reinterpret_cast<LPARAM>(memory)),
          other_base);
  t.succeeds("VirtualFree", VirtualFree(memory, 0, MEM_RELEASE));
}

LRESULT CALLBACK own_procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
  if (message == WM_COPYDATA) return lparam;
  if (message == ask_parameter) return lparam + 1;
  return DefWindowProcA(window, message, wparam, lparam);
}

HWND own_window(ktap::Test& t) {
  WNDCLASSA window_class = {};
  window_class.lpfnWndProc = own_procedure;
  window_class.lpszClassName = "faultline sender";
  RegisterClassA(&window_class);
  const HWND window = CreateWindowExA(0, "faultline sender", "sender", 0, 0, 0, 0, 0, nullptr,
                                      nullptr, nullptr, nullptr);
  t.succeeds("CreateWindowEx", window);
  return window;
}

void same_process(ktap::Test& t) {
  const HWND window = own_window(t);
  COPYDATASTRUCT data = {1, 0, nullptr};
  t.equal("a thread gets its own pointer",
          SendMessageA(window, WM_COPYDATA, 0, reinterpret_cast<LPARAM>(&data)),
          reinterpret_cast<LPARAM>(&data));
  t.succeeds("DestroyWindow", DestroyWindow(window));
}

void nested(ktap::Test& t) {
  const Receiver receiver(t);
  const HWND window = own_window(t);
  t.equal("the receiver asks back while it is asked",
          SendMessageA(receiver.window, ask_back, 0, reinterpret_cast<LPARAM>(window)), 1235);
  t.succeeds("DestroyWindow", DestroyWindow(window));
}

void early_reply(ktap::Test& t) {
  const Receiver receiver(t);
  t.equal("ReplyMessage counts, not what the procedure returns",
          SendMessageA(receiver.window, ask_early, 0, 0), 11);
}

void receiver_ends(ktap::Test& t) {
  const Receiver receiver(t);
  t.equal("the answer of a receiver that ends", SendMessageA(receiver.window, ask_exit, 0, 0), 0);
  t.equal("it has ended", WaitForSingleObject(receiver.process(), 20000), WAIT_OBJECT_0);
  t.expect("its window is none", !IsWindow(receiver.window));
  t.fails("SendMessage to it", SendMessageA(receiver.window, WM_USER, 0, 0), 1400);
}

void busy_receiver(ktap::Test& t) {
  const Receiver receiver(t);
  DWORD_PTR result = 0;
  t.equal("SendMessageTimeout of 50 ms to one that sleeps for 500",
          SendMessageTimeoutA(receiver.window, ask_sleep, 500, 0, SMTO_NORMAL, 50, &result), 0);
  t.equal("it answers others later", SendMessageA(receiver.window, ask_parameter, 0, 5), 5);
}

void owner(ktap::Test& t) {
  const Receiver receiver(t);
  DWORD process = 0;
  t.equal("GetWindowThreadProcessId", GetWindowThreadProcessId(receiver.window, &process),
          receiver.thread_id());
  t.equal("the process", process, receiver.id());
  t.fails("DestroyWindow of another's", DestroyWindow(receiver.window), 5);
}

void posted_order(ktap::Test& t) {
  const HWND window = own_window(t);
  for (unsigned i = 0; i < 5; ++i)
    t.succeeds("PostMessage", PostMessageA(window, WM_USER + 10 + i, i, 0));
  MSG message = {};
  t.succeeds("PeekMessage leaves it", PeekMessageA(&message, window, 0, 0, PM_NOREMOVE));
  t.equal("the first", message.message, WM_USER + 10);
  t.equal("GetMessage of one number", GetMessageA(&message, window, WM_USER + 13, WM_USER + 13), 1);
  t.equal("its wParam", message.wParam, 3);
  for (unsigned i : {0u, 1u, 2u, 4u}) {
    t.equal("GetMessage", GetMessageA(&message, window, 0, 0), 1);
    t.equal("in the order posted", message.wParam, i);
  }
  t.expect("none is left", !PeekMessageA(&message, window, 0, 0, PM_REMOVE));
  PostQuitMessage(42);
  PostMessageA(window, WM_USER + 20, 9, 0);
  t.equal("posted messages come before WM_QUIT", GetMessageA(&message, nullptr, 0, 0), 1);
  t.equal("wParam", message.wParam, 9);
  t.equal("GetMessage with WM_QUIT", GetMessageA(&message, nullptr, 0, 0), 0);
  t.equal("the exit code", message.wParam, 42);
  t.succeeds("DestroyWindow", DestroyWindow(window));
  t.fails("PostMessage to no window", PostMessageA(window, WM_USER, 0, 0), 1400);
}

void thread_messages(ktap::Test& t) {
  MSG message = {};
  PeekMessageA(&message, nullptr, 0, 0, PM_NOREMOVE);
  t.succeeds("PostThreadMessage", PostThreadMessageA(GetCurrentThreadId(), WM_USER + 1, 2, 3));
  t.equal("GetMessage", GetMessageA(&message, nullptr, 0, 0), 1);
  t.equal("of no window", message.hwnd, nullptr);
  t.equal("message", message.message, WM_USER + 1);
  t.equal("lParam", message.lParam, 3);
  t.fails("PostThreadMessage to no thread", PostThreadMessageA(0x7FFFFFF0, WM_USER, 0, 0), 1444);
}

void classes(ktap::Test& t) {
  WNDCLASSA window_class = {};
  window_class.lpfnWndProc = own_procedure;
  window_class.lpszClassName = "faultline class";
  window_class.cbWndExtra = 8;
  t.succeeds("RegisterClass", RegisterClassA(&window_class));
  t.fails("again", RegisterClassA(&window_class), 1410);
  t.fails(
      "CreateWindowEx of no class",
      CreateWindowExA(0, "faultline none", "", 0, 0, 0, 0, 0, nullptr, nullptr, nullptr, nullptr),
      1407);
  const HWND window =
      CreateWindowExA(0, "FAULTLINE CLASS", "", 0, 0, 0, 0, 0, nullptr, nullptr, nullptr, nullptr);
  t.succeeds("case does not matter", window);
  t.equal("SetWindowLong", SetWindowLongA(window, 4, 99), 0);
  t.equal("GetWindowLong", GetWindowLongA(window, 4), 99);
  t.fails("SetWindowLong past its extra bytes", SetWindowLongA(window, 8, 1), 1413);
  t.fails("UnregisterClass with a window", UnregisterClassA("faultline class", nullptr), 1412);
  t.succeeds("DestroyWindow", DestroyWindow(window));
  t.succeeds("UnregisterClass", UnregisterClassA("faultline class", nullptr));
  t.fails("again", UnregisterClassA("faultline class", nullptr), 1411);
}

constexpr ktap::Case cases[] = {
    {"L1 WM_SETTEXT carries the text to another process", set_text},
    {"L1 WM_GETTEXT carries it back", get_text},
    {"L2 WM_COPYDATA carries bytes to another process", copy_data_arrives},
    {"L2 WM_COPYDATA of 200,000 bytes", copy_data_large},
    {"L2 WM_COPYDATA without bytes", copy_data_nothing},
    {"L2 messages with memory are sent, not posted", sent_only},
    {"L3 a pointer in WM_USER+n is carried as a number", user_pointer},
    {"within a thread nothing is repackaged", same_process},
    {"a waiting sender serves others", nested},
    {"ReplyMessage", early_reply},
    {"a receiver that ends", receiver_ends},
    {"a receiver that does not answer", busy_receiver},
    {"a window has an owner", owner},
    {"posted messages keep their order", posted_order},
    {"messages to a thread", thread_messages},
    {"window classes", classes},
};

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 3) return receive(reinterpret_cast<HANDLE>(crt::parse_number(argv[2]).value));
  return ktap::run(cases);
}
