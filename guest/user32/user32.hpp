// Win32's types of windows and messages, and what the parts of user32 share.
#pragma once

#include "guest/ntdll/ntdll.hpp"

#define WINAPI NTAPI

using BOOL = LONG;
using UINT = ULONG;
using DWORD = ULONG;
using HWND = HANDLE;
using WPARAM = ULONG;
using LPARAM = LONG;
using LRESULT = LONG;
using LPCSTR = const char*;
using WNDPROC = LRESULT(WINAPI*)(HWND, UINT, WPARAM, LPARAM);

inline constexpr UINT WM_CREATE = 0x0001, WM_DESTROY = 0x0002, WM_SETTEXT = 0x000C,
                      WM_GETTEXT = 0x000D, WM_GETTEXTLENGTH = 0x000E, WM_CLOSE = 0x0010,
                      WM_QUIT = 0x0012, WM_COPYDATA = 0x004A, WM_NCCREATE = 0x0081,
                      WM_NCDESTROY = 0x0082, WM_USER = 0x0400;

inline constexpr DWORD ERROR_SUCCESS = 0, ERROR_FILE_NOT_FOUND = 2, ERROR_ACCESS_DENIED = 5,
                       ERROR_NOT_ENOUGH_MEMORY = 8, ERROR_INVALID_PARAMETER = 87,
                       ERROR_MESSAGE_SYNC_ONLY = 1159, ERROR_INVALID_WINDOW_HANDLE = 1400,
                       ERROR_CANNOT_FIND_WND_CLASS = 1407, ERROR_WINDOW_OF_OTHER_THREAD = 1408,
                       ERROR_CLASS_ALREADY_EXISTS = 1410, ERROR_CLASS_DOES_NOT_EXIST = 1411,
                       ERROR_CLASS_HAS_WINDOWS = 1412, ERROR_INVALID_INDEX = 1413,
                       ERROR_INVALID_THREAD_ID = 1444, ERROR_TIMEOUT = 1460,
                       ERROR_NOT_ENOUGH_QUOTA = 1816;

struct MSG {
  HWND hwnd;
  UINT message;
  WPARAM wParam;
  LPARAM lParam;
  DWORD time;
  LONG x, y;
};
static_assert(sizeof(MSG) == 28);

struct COPYDATASTRUCT {
  ULONG dwData;
  DWORD cbData;
  PVOID lpData;
};

template <class Character>
struct CREATESTRUCT {
  PVOID lpCreateParams;
  PVOID hInstance, hMenu;
  HWND hwndParent;
  LONG cy, cx, y, x;
  LONG style;
  const Character* lpszName;
  const Character* lpszClass;
  DWORD dwExStyle;
};
static_assert(sizeof(CREATESTRUCT<char>) == 48);

namespace user {

struct WindowClass {
  WindowClass* next;
  WCHAR name[USER_TEXT_CAPACITY];
  ULONG length;
  WNDPROC procedure;
  bool unicode;
  ULONG extra;  // bytes of each window
  PVOID instance;
  USHORT atom;
  ULONG windows;
};

/// A window of this process.
struct Window {
  Window* next;
  HWND handle;
  HANDLE thread;
  WindowClass* of;
  WNDPROC procedure;
  bool unicode;  // what `procedure` expects
  PVOID instance;
  LONG style, ex_style, id, user_data;
  UCHAR* extra;
};

/// Over the lists of classes and windows. Nobody calls a procedure while holding it.
class Lock {
 public:
  Lock();
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
};

PVOID allocate(ULONG size);  // zeroed
void release(PVOID block);

BOOL fail(DWORD error);  // sets the last error, gives FALSE
/// True when `status` is none of success; then the last error is set, for windows' own cases.
bool failed(NTSTATUS status);

/// Text of either kind as the kernel takes it: UTF-16, cut to what the kernel keeps.
class Text {
 public:
  explicit Text(LPCSTR text);
  explicit Text(PCWSTR text);
  bool null() const { return null_; }
  PUNICODE_STRING get() { return &string_; }
  PUNICODE_STRING optional() { return null_ ? nullptr : &string_; }
  PCWSTR text() const { return buffer_; }
  ULONG length() const { return string_.Length / sizeof(WCHAR); }

 private:
  WCHAR buffer_[USER_TEXT_CAPACITY + 1];
  UNICODE_STRING string_;
  bool null_;
};

char narrow(WCHAR c);
WCHAR widen(char c);
/// Copies at most room - 1 characters and terminates; gives the count.
ULONG copy(char* to, ULONG room, PCWSTR from, ULONG length);
ULONG copy(WCHAR* to, ULONG room, PCWSTR from, ULONG length);

/// Null, with the lock held or not, for a window of another process.
Window* find_window(HWND handle);

/// Calls the window's procedure; text of WM_SETTEXT, WM_GETTEXT and WM_CREATE changes its kind when
/// the sender's is another.
LRESULT call(HWND handle, bool unicode, UINT message, WPARAM wparam, LPARAM lparam);

/// Waits for the answer; sent messages are served meanwhile. `milliseconds` ~0: for ever. False
/// with the last error set when there is no answer.
bool send(HWND handle, bool unicode, UINT message, WPARAM wparam, LPARAM lparam, ULONG milliseconds,
          LRESULT& result);

/// Answers a message that another thread has sent.
void serve(const USER_MESSAGE& message);

}  // namespace user
