// Registering window classes.
#include "guest/user32/window_class.hpp"

namespace user {

namespace {

RTL_CRITICAL_SECTION list_lock = {nullptr, -1, 0, nullptr, nullptr, 0};
WindowClass* classes;
USHORT next_atom = 0xC001;

WCHAR fold(WCHAR c) { return RtlUpcaseUnicodeChar(c); }

bool same_name(const WindowClass& known, PCWSTR name, ULONG length) {
  if (known.length != length) return false;
  for (ULONG i = 0; i < length; ++i) {
    if (fold(known.name[i]) != fold(name[i])) return false;
  }
  return true;
}

template <class Character>
WindowClass* find(const Character* name) {
  const auto atom = reinterpret_cast<ULONG>(name);
  const Text text(atom < 0x10000 ? nullptr : name);
  for (WindowClass* known = classes; known != nullptr; known = known->next) {
    if (atom < 0x10000 ? known->atom == atom : same_name(*known, text.text(), text.length())) {
      return known;
    }
  }
  return nullptr;
}

template <class Character>
USHORT add(const WNDCLASS<Character>* wanted, bool unicode) {
  if (wanted == nullptr || reinterpret_cast<ULONG>(wanted->lpszClassName) < 0x10000 ||
      wanted->cbWndExtra < 0 || wanted->lpszClassName[0] == 0) {
    return static_cast<USHORT>(fail(ERROR_INVALID_PARAMETER));
  }
  const Lock lock;
  if (find(wanted->lpszClassName) != nullptr) {
    return static_cast<USHORT>(fail(ERROR_CLASS_ALREADY_EXISTS));
  }
  auto* made = static_cast<WindowClass*>(allocate(sizeof(WindowClass)));
  if (made == nullptr) return static_cast<USHORT>(fail(ERROR_NOT_ENOUGH_MEMORY));
  const Text name(wanted->lpszClassName);
  made->length = copy(made->name, USER_TEXT_CAPACITY, name.text(), name.length());
  made->procedure = wanted->lpfnWndProc;
  made->unicode = unicode;
  made->extra = static_cast<ULONG>(wanted->cbWndExtra);
  made->instance = wanted->hInstance;
  made->atom = next_atom++;
  made->next = classes;
  classes = made;
  return made->atom;
}

template <class Character>
BOOL remove(const Character* name) {
  const Lock lock;
  WindowClass* known = find(name);
  if (known == nullptr) return fail(ERROR_CLASS_DOES_NOT_EXIST);
  if (known->windows != 0) return fail(ERROR_CLASS_HAS_WINDOWS);
  WindowClass** at = &classes;
  while (*at != known) at = &(*at)->next;
  *at = known->next;
  release(known);
  return 1;
}

}  // namespace

Lock::Lock() { RtlEnterCriticalSection(&list_lock); }
Lock::~Lock() { RtlLeaveCriticalSection(&list_lock); }

WindowClass* find_class(LPCSTR name) { return find(name); }
WindowClass* find_class(PCWSTR name) { return find(name); }

}  // namespace user

extern "C" {

USHORT WINAPI RegisterClassA(const user::WNDCLASS<char>* Class) { return user::add(Class, false); }
USHORT WINAPI RegisterClassW(const user::WNDCLASS<WCHAR>* Class) { return user::add(Class, true); }
USHORT WINAPI RegisterClassExA(const user::WNDCLASSEX<char>* Class) {
  return user::add(&Class->of, false);
}
USHORT WINAPI RegisterClassExW(const user::WNDCLASSEX<WCHAR>* Class) {
  return user::add(&Class->of, true);
}
BOOL WINAPI UnregisterClassA(LPCSTR Name, PVOID) { return user::remove(Name); }
BOOL WINAPI UnregisterClassW(PCWSTR Name, PVOID) { return user::remove(Name); }

BOOL WINAPI DllEntry(PVOID, ULONG, PVOID) { return 1; }

}  // extern "C"
