// Who was told what, in order: two characters an event, such as "BP".
#pragma once

#include <windows.h>

/// P and p: attach and detach of the process; T and t: of a thread.
constexpr char letter_of(DWORD reason) {
  constexpr char letters[] = {'p', 'P', 'T', 't'};
  return letters[reason & 3];
}
