// Calling window procedures, and the procedure that does what all windows do.
#include "guest/user32/user32.hpp"

namespace user {

namespace {

/// The same arguments with text of the other kind, while a procedure of that kind is called.
template <class From, class To>
LRESULT call_converted(WNDPROC procedure, HWND handle, UINT message, WPARAM wparam, LPARAM lparam) {
  if (lparam == 0) return procedure(handle, message, wparam, lparam);
  if (message == WM_SETTEXT) {
    const Text text(reinterpret_cast<const From*>(lparam));
    To converted[USER_TEXT_CAPACITY + 1];
    copy(converted, USER_TEXT_CAPACITY + 1, text.text(), text.length());
    return procedure(handle, message, wparam, reinterpret_cast<LPARAM>(converted));
  }
  if (message == WM_GETTEXT) {
    To text[USER_TEXT_CAPACITY + 1] = {};
    const WPARAM room = wparam < USER_TEXT_CAPACITY + 1 ? wparam : USER_TEXT_CAPACITY + 1;
    const LRESULT length = procedure(handle, message, room, reinterpret_cast<LPARAM>(text));
    const Text got(text);
    if (room != 0) copy(reinterpret_cast<From*>(lparam), wparam, got.text(), got.length());
    return length;
  }
  const auto& arguments = *reinterpret_cast<const CREATESTRUCT<From>*>(lparam);
  const bool atom = reinterpret_cast<ULONG>(arguments.lpszClass) < 0x10000;
  const Text name(atom ? nullptr : arguments.lpszClass), title(arguments.lpszName);
  To converted_name[USER_TEXT_CAPACITY + 1], converted_title[USER_TEXT_CAPACITY + 1];
  copy(converted_name, USER_TEXT_CAPACITY + 1, name.text(), name.length());
  copy(converted_title, USER_TEXT_CAPACITY + 1, title.text(), title.length());
  auto converted = *reinterpret_cast<const CREATESTRUCT<To>*>(lparam);
  if (!atom) converted.lpszClass = converted_name;
  converted.lpszName = title.null() ? nullptr : converted_title;
  return procedure(handle, message, wparam, reinterpret_cast<LPARAM>(&converted));
}

bool has_text(UINT message) {
  return message == WM_SETTEXT || message == WM_GETTEXT || message == WM_CREATE ||
         message == WM_NCCREATE;
}

template <class Character>
LRESULT default_procedure(HWND handle, UINT message, WPARAM wparam, LPARAM lparam) {
  switch (message) {
    case WM_NCCREATE: {
      const auto* title = reinterpret_cast<const CREATESTRUCT<Character>*>(lparam)->lpszName;
      Text text(title);
      if (!text.null()) NtUserSetWindowText(handle, text.get());
      return 1;
    }
    case WM_SETTEXT: {
      Text text(reinterpret_cast<const Character*>(lparam));
      return NT_SUCCESS(NtUserSetWindowText(handle, text.get()));
    }
    case WM_GETTEXT: {
      WCHAR text[USER_TEXT_CAPACITY];
      ULONG length = 0;
      if (failed(NtUserGetWindowText(handle, FALSE, text, USER_TEXT_CAPACITY, &length))) return 0;
      return static_cast<LRESULT>(copy(reinterpret_cast<Character*>(lparam), wparam, text, length));
    }
    case WM_GETTEXTLENGTH: {
      WCHAR none[1];
      ULONG length = 0;
      return failed(NtUserGetWindowText(handle, FALSE, none, 0, &length))
                 ? 0
                 : static_cast<LRESULT>(length);
    }
    default:
      return 0;
  }
}

}  // namespace

LRESULT call(HWND handle, bool unicode, UINT message, WPARAM wparam, LPARAM lparam) {
  WNDPROC procedure;
  bool expects_unicode;
  {
    const Lock lock;
    const Window* window = find_window(handle);
    if (window == nullptr) return fail(ERROR_INVALID_WINDOW_HANDLE);
    procedure = window->procedure;
    expects_unicode = window->unicode;
  }
  if (unicode == expects_unicode || !has_text(message)) {
    return procedure(handle, message, wparam, lparam);
  }
  return unicode ? call_converted<WCHAR, char>(procedure, handle, message, wparam, lparam)
                 : call_converted<char, WCHAR>(procedure, handle, message, wparam, lparam);
}

}  // namespace user

extern "C" {

BOOL WINAPI DestroyWindow(HWND Window);
LRESULT WINAPI SendMessageA(HWND Window, UINT Message, WPARAM wParam, LPARAM lParam);
LRESULT WINAPI SendMessageW(HWND Window, UINT Message, WPARAM wParam, LPARAM lParam);

LRESULT WINAPI DefWindowProcA(HWND Window, UINT Message, WPARAM wParam, LPARAM lParam) {
  if (Message == WM_CLOSE) return DestroyWindow(Window) & 0;
  return user::default_procedure<char>(Window, Message, wParam, lParam);
}

LRESULT WINAPI DefWindowProcW(HWND Window, UINT Message, WPARAM wParam, LPARAM lParam) {
  if (Message == WM_CLOSE) return DestroyWindow(Window) & 0;
  return user::default_procedure<WCHAR>(Window, Message, wParam, lParam);
}

LRESULT WINAPI CallWindowProcA(WNDPROC Procedure, HWND Window, UINT Message, WPARAM wParam,
                               LPARAM lParam) {
  return Procedure(Window, Message, wParam, lParam);
}

LRESULT WINAPI CallWindowProcW(WNDPROC Procedure, HWND Window, UINT Message, WPARAM wParam,
                               LPARAM lParam) {
  return Procedure(Window, Message, wParam, lParam);
}

BOOL WINAPI SetWindowTextA(HWND Window, LPCSTR Text) {
  return SendMessageA(Window, WM_SETTEXT, 0, reinterpret_cast<LPARAM>(Text)) != 0;
}

BOOL WINAPI SetWindowTextW(HWND Window, PCWSTR Text) {
  return SendMessageW(Window, WM_SETTEXT, 0, reinterpret_cast<LPARAM>(Text)) != 0;
}

/// A window of another process is not asked: its title is read where it is kept.
LONG WINAPI GetWindowTextA(HWND Window, char* Text, int Room) {
  if (Room <= 0) return 0;
  if (user::find_window(Window) == nullptr) {
    return user::default_procedure<char>(Window, WM_GETTEXT, static_cast<WPARAM>(Room),
                                         reinterpret_cast<LPARAM>(Text));
  }
  return SendMessageA(Window, WM_GETTEXT, static_cast<WPARAM>(Room),
                      reinterpret_cast<LPARAM>(Text));
}

LONG WINAPI GetWindowTextW(HWND Window, WCHAR* Text, int Room) {
  if (Room <= 0) return 0;
  if (user::find_window(Window) == nullptr) {
    return user::default_procedure<WCHAR>(Window, WM_GETTEXT, static_cast<WPARAM>(Room),
                                          reinterpret_cast<LPARAM>(Text));
  }
  return SendMessageW(Window, WM_GETTEXT, static_cast<WPARAM>(Room),
                      reinterpret_cast<LPARAM>(Text));
}

LONG WINAPI GetWindowTextLengthA(HWND Window) {
  return user::find_window(Window) == nullptr
             ? user::default_procedure<char>(Window, WM_GETTEXTLENGTH, 0, 0)
             : SendMessageA(Window, WM_GETTEXTLENGTH, 0, 0);
}

LONG WINAPI GetClassNameA(HWND Window, char* Text, int Room) {
  WCHAR name[USER_TEXT_CAPACITY];
  ULONG length = 0;
  if (user::failed(NtUserGetWindowText(Window, TRUE, name, USER_TEXT_CAPACITY, &length))) return 0;
  return Room <= 0 ? 0
                   : static_cast<LONG>(user::copy(Text, static_cast<ULONG>(Room), name, length));
}

}  // extern "C"
