// DOS paths: a name relative to a current directory becomes a full one, without "." and "..".
// Characters are a template argument, so tests/unit/guest runs it on the host. [SDK]
#pragma once

#include "arch/integers.hpp"

namespace rtl {

using arch::u32;

template <class Char>
constexpr bool is_separator(Char c) {
  return c == Char('\\') || c == Char('/');
}

template <class Char>
constexpr bool is_letter(Char c) {
  return (c >= Char('a') && c <= Char('z')) || (c >= Char('A') && c <= Char('Z'));
}

/// Writes the full path of `name` to `out`, which holds `capacity` characters, and a terminator.
/// Returns its length, or the capacity needed (terminator included) if that is more, or 0 for an
/// empty name. `current` is a full path such as C:\DIR, with or without a separator at its end.
template <class Char>
constexpr u32 full_path(const Char* name, const Char* current, Char* out, u32 capacity) {
  u32 length = 0;
  auto put = [&](Char c) {
    if (length < capacity) out[length] = c;
    ++length;
  };
  if (*name == 0) return 0;
  const bool has_drive = is_letter(name[0]) && name[1] == Char(':');
  put(has_drive ? name[0] : current[0]);
  put(Char(':'));
  // Each component is written with a separator before it; ".." takes the last one back.
  auto add_components = [&](const Char* at) {
    while (*at != 0) {
      while (is_separator(*at)) ++at;
      u32 size = 0;
      while (at[size] != 0 && !is_separator(at[size])) ++size;
      const bool one = size == 1 && at[0] == Char('.');
      const bool two = size == 2 && at[0] == Char('.') && at[1] == Char('.');
      if (two) {
        while (length > 2 && (length > capacity || out[length - 1] != Char('\\'))) --length;
        if (length > 2) --length;
      } else if (size != 0 && !one) {
        put(Char('\\'));
        for (u32 i = 0; i < size; ++i) put(at[i]);
      }
      at += size;
    }
  };
  // The current directory is that of its own drive; another drive's is its root.
  const bool same_drive = !has_drive || ((name[0] ^ current[0]) & ~0x20) == 0;
  if (has_drive) name += 2;
  if (!is_separator(*name) && same_drive) add_components(current + 2);
  add_components(name);
  // A separator at the end stays, and the root has one.
  const Char* end = name;
  while (*end != 0) ++end;
  if (length == 2 || (end != name && is_separator(end[-1]))) put(Char('\\'));
  if (length >= capacity) return length + 1;
  out[length] = 0;
  return length;
}

}  // namespace rtl
