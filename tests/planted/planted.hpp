// What the planted bugs share: the linker sends the kernel's calls of X to __wrap_X, which reaches
// the kernel's own as __real_X.
#pragma once

#include "kernel/mm/address_space.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/working_set.hpp"

/// True now and then: the kernel must live long enough to be checked.
template <ULONG every>
bool PlantedNow() {
  static ULONG calls = 0;
  return ++calls % every == 0;
}
