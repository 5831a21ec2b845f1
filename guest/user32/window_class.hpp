// Window classes of this process.
#pragma once

#include "guest/user32/user32.hpp"

namespace user {

/// A class by name or, where the pointer is below 64 K, by atom. With the lock held.
WindowClass* find_class(LPCSTR name);
WindowClass* find_class(PCWSTR name);

template <class Character>
struct WNDCLASS {
  UINT style;
  WNDPROC lpfnWndProc;
  LONG cbClsExtra, cbWndExtra;
  PVOID hInstance, hIcon, hCursor, hbrBackground;
  const Character* lpszMenuName;
  const Character* lpszClassName;
};
static_assert(sizeof(WNDCLASS<char>) == 40);

template <class Character>
struct WNDCLASSEX {
  UINT cbSize;
  WNDCLASS<Character> of;
  PVOID hIconSm;
};
static_assert(sizeof(WNDCLASSEX<char>) == 48);

}  // namespace user
