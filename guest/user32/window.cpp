// Making windows, ending them, and what a program keeps in them. There is no screen for them: they
// have no size and are never shown.
#include "guest/user32/window_class.hpp"

namespace user {

namespace {

Window* windows;

const HWND message_only = reinterpret_cast<HWND>(-3);

Window* find(HWND handle) {
  Window* window = windows;
  while (window != nullptr && window->handle != handle) window = window->next;
  return window;
}

/// The window's own slot of an index, or null with the last error set.
LONG* slot(Window* window, int index) {
  switch (index) {
    case -20:
      return &window->ex_style;
    case -16:
      return &window->style;
    case -12:
      return &window->id;
    case -21:
      return &window->user_data;
    case -6:
      return reinterpret_cast<LONG*>(&window->instance);
    default:
      break;
  }
  if (index < 0 || static_cast<ULONG>(index) + 4 > window->of->extra) {
    fail(ERROR_INVALID_INDEX);
    return nullptr;
  }
  return reinterpret_cast<LONG*>(window->extra + index);
}

constexpr int procedure_index = -4;

LONG set_long(HWND handle, int index, LONG value, bool unicode) {
  const Lock lock;
  Window* window = find(handle);
  if (window == nullptr) return fail(ERROR_INVALID_WINDOW_HANDLE);
  if (index == procedure_index) {
    const auto old = reinterpret_cast<LONG>(window->procedure);
    window->procedure = reinterpret_cast<WNDPROC>(value);
    window->unicode = unicode;
    return old;
  }
  LONG* at = slot(window, index);
  if (at == nullptr) return 0;
  const LONG old = *at;
  *at = value;
  return old;
}

LONG get_long(HWND handle, int index) {
  const Lock lock;
  Window* window = find(handle);
  if (window == nullptr) return fail(ERROR_INVALID_WINDOW_HANDLE);
  if (index == procedure_index) return reinterpret_cast<LONG>(window->procedure);
  const LONG* at = slot(window, index);
  return at == nullptr ? 0 : *at;
}

void forget(HWND handle) {
  const Lock lock;
  for (Window** at = &windows; *at != nullptr; at = &(*at)->next) {
    if ((*at)->handle != handle) continue;
    Window* window = *at;
    *at = window->next;
    --window->of->windows;
    release(window);
    return;
  }
}

template <class Character>
struct Wanted {
  DWORD ex_style;
  const Character* class_name;
  const Character* title;
  DWORD style;
  LONG x, y, width, height;
  HWND parent;
  PVOID menu, instance, parameter;
};

/// Entered in the list, not yet told of itself.
template <class Character>
Window* make(const Wanted<Character>& wanted) {
  const Lock lock;
  WindowClass* of = find_class(wanted.class_name);
  if (of == nullptr) {
    fail(ERROR_CANNOT_FIND_WND_CLASS);
    return nullptr;
  }
  auto* window = static_cast<Window*>(allocate(sizeof(Window) + of->extra));
  if (window == nullptr) {
    fail(ERROR_NOT_ENOUGH_MEMORY);
    return nullptr;
  }
  Text name(of->name);
  // The title is set by WM_NCCREATE. Message-only windows are nobody's children, but not found.
  if (failed(NtUserCreateWindow(&window->handle, name.get(), nullptr, wanted.parent))) {
    release(window);
    return nullptr;
  }
  window->thread = NtCurrentTeb()->ClientId.UniqueThread;
  window->of = of;
  window->procedure = of->procedure;
  window->unicode = of->unicode;
  window->instance = wanted.instance;
  window->style = static_cast<LONG>(wanted.style);
  window->ex_style = static_cast<LONG>(wanted.ex_style);
  window->id = reinterpret_cast<LONG>(wanted.menu);
  window->extra = reinterpret_cast<UCHAR*>(window + 1);
  window->next = windows;
  windows = window;
  ++of->windows;
  return window;
}

template <class Character>
HWND create(const Wanted<Character>& wanted, bool unicode) {
  if (wanted.parent != nullptr && wanted.parent != message_only) {
    USER_WINDOW_INFORMATION information;
    if (failed(NtUserQueryWindow(wanted.parent, &information))) return nullptr;
  }
  const Window* window = make(wanted);
  if (window == nullptr) return nullptr;
  const HWND handle = window->handle;
  CREATESTRUCT<Character> arguments = {
      wanted.parameter, wanted.instance,   wanted.menu,
      wanted.parent,    wanted.height,     wanted.width,
      wanted.y,         wanted.x,          static_cast<LONG>(wanted.style),
      wanted.title,     wanted.class_name, wanted.ex_style};
  const auto lparam = reinterpret_cast<LPARAM>(&arguments);
  if (call(handle, unicode, WM_NCCREATE, 0, lparam) == 0) {
    NtUserDestroyWindow(handle);
    forget(handle);
    return nullptr;
  }
  if (call(handle, unicode, WM_CREATE, 0, lparam) == -1) {
    call(handle, unicode, WM_DESTROY, 0, 0);
    call(handle, unicode, WM_NCDESTROY, 0, 0);
    NtUserDestroyWindow(handle);
    forget(handle);
    return nullptr;
  }
  return handle;
}

}  // namespace

Window* find_window(HWND handle) {
  const Lock lock;
  return find(handle);
}

}  // namespace user

extern "C" {

HWND WINAPI CreateWindowExA(DWORD ExStyle, LPCSTR Class, LPCSTR Title, DWORD Style, LONG X, LONG Y,
                            LONG Width, LONG Height, HWND Parent, PVOID Menu, PVOID Instance,
                            PVOID Parameter) {
  return user::create<char>(
      {ExStyle, Class, Title, Style, X, Y, Width, Height, Parent, Menu, Instance, Parameter},
      false);
}

HWND WINAPI CreateWindowExW(DWORD ExStyle, PCWSTR Class, PCWSTR Title, DWORD Style, LONG X, LONG Y,
                            LONG Width, LONG Height, HWND Parent, PVOID Menu, PVOID Instance,
                            PVOID Parameter) {
  return user::create<WCHAR>(
      {ExStyle, Class, Title, Style, X, Y, Width, Height, Parent, Menu, Instance, Parameter}, true);
}

BOOL WINAPI DestroyWindow(HWND Window) {
  USER_WINDOW_INFORMATION information;
  if (user::failed(NtUserQueryWindow(Window, &information))) return 0;
  if (information.Thread != NtCurrentTeb()->ClientId.UniqueThread) {
    return user::fail(ERROR_ACCESS_DENIED);
  }
  user::call(Window, true, WM_DESTROY, 0, 0);
  user::call(Window, true, WM_NCDESTROY, 0, 0);
  NtUserDestroyWindow(Window);
  user::forget(Window);
  return 1;
}

BOOL WINAPI IsWindow(HWND Window) {
  USER_WINDOW_INFORMATION information;
  return NT_SUCCESS(NtUserQueryWindow(Window, &information));
}

DWORD WINAPI GetWindowThreadProcessId(HWND Window, DWORD* Process) {
  USER_WINDOW_INFORMATION information;
  if (user::failed(NtUserQueryWindow(Window, &information))) return 0;
  if (Process != nullptr) *Process = reinterpret_cast<DWORD>(information.Process);
  return reinterpret_cast<DWORD>(information.Thread);
}

LONG WINAPI GetWindowLongA(HWND Window, int Index) { return user::get_long(Window, Index); }
LONG WINAPI GetWindowLongW(HWND Window, int Index) { return user::get_long(Window, Index); }
LONG WINAPI SetWindowLongA(HWND Window, int Index, LONG Value) {
  return user::set_long(Window, Index, Value, false);
}
LONG WINAPI SetWindowLongW(HWND Window, int Index, LONG Value) {
  return user::set_long(Window, Index, Value, true);
}

HWND WINAPI FindWindowA(LPCSTR Class, LPCSTR Title) {
  user::Text name(Class), title(Title);
  HWND window = nullptr;
  const NTSTATUS status = NtUserFindWindow(&window, nullptr, name.optional(), title.optional());
  return NT_SUCCESS(status) ? window : nullptr;
}

HWND WINAPI FindWindowW(PCWSTR Class, PCWSTR Title) {
  user::Text name(Class), title(Title);
  HWND window = nullptr;
  const NTSTATUS status = NtUserFindWindow(&window, nullptr, name.optional(), title.optional());
  return NT_SUCCESS(status) ? window : nullptr;
}

}  // extern "C"
