// Page protections: the Win32 constants and the five-bit codes kept in invalid PTEs and VADs.
#pragma once

#include "arch/integers.hpp"

using MMPROTECTION = arch::u32;

inline constexpr MMPROTECTION MM_ZERO_ACCESS = 0, MM_READONLY = 1, MM_EXECUTE = 2,
                              MM_EXECUTE_READ = 3, MM_READWRITE = 4, MM_WRITECOPY = 5,
                              MM_EXECUTE_READWRITE = 6, MM_EXECUTE_WRITECOPY = 7;
inline constexpr MMPROTECTION MM_NOCACHE = 0x08, MM_GUARD_PAGE = 0x10,
                              MM_DECOMMIT = 0x10,  // guard without access
    MM_NOACCESS = 0x18, MM_PROTECT_ACCESS = 7;
inline constexpr MMPROTECTION MM_INVALID_PROTECTION = ~0u;

namespace page_protection {  // PAGE_xxx
inline constexpr arch::u32 noaccess = 0x01, readonly = 0x02, readwrite = 0x04, writecopy = 0x08,
                           execute = 0x10, guard = 0x100, nocache = 0x200, all = 0x3FF;
}

/// MiMakeProtectionMask: exactly one base protection; guard and no-cache exclude each other and
/// no-access. MM_INVALID_PROTECTION for anything else.
constexpr MMPROTECTION MiMakeProtectionMask(arch::u32 protect) {
  namespace pp = page_protection;
  if ((protect & ~pp::all) != 0) return MM_INVALID_PROTECTION;
  const arch::u32 base = protect & 0xFF;
  if (base == 0 || (base & (base - 1)) != 0) return MM_INVALID_PROTECTION;
  const bool guard = (protect & pp::guard) != 0, nocache = (protect & pp::nocache) != 0;
  if (base == pp::noaccess) {
    return guard || nocache ? MM_INVALID_PROTECTION : MM_NOACCESS;
  }
  if (guard && nocache) return MM_INVALID_PROTECTION;
  constexpr MMPROTECTION plain[] = {MM_READONLY, MM_READWRITE, MM_WRITECOPY};
  constexpr MMPROTECTION executable[] = {MM_EXECUTE, MM_EXECUTE_READ, MM_EXECUTE_READWRITE,
                                         MM_EXECUTE_WRITECOPY};
  const unsigned index = static_cast<unsigned>(__builtin_ctz(base));
  const MMPROTECTION code = index >= 4 ? executable[index - 4] : plain[index - 1];
  return code | (guard ? MM_GUARD_PAGE : 0) | (nocache ? MM_NOCACHE : 0);
}

/// MmProtectToValue: the way back.
constexpr arch::u32 MiProtectionToPage(MMPROTECTION code) {
  namespace pp = page_protection;
  if (code == MM_NOACCESS || (code & MM_PROTECT_ACCESS) == 0) return pp::noaccess;
  constexpr arch::u32 base[8] = {0, 0x02, 0x10, 0x20, 0x04, 0x08, 0x40, 0x80};
  return base[code & MM_PROTECT_ACCESS] | ((code & MM_GUARD_PAGE) != 0 ? pp::guard : 0) |
         ((code & MM_NOCACHE) != 0 ? pp::nocache : 0);
}

constexpr bool MiIsGuard(MMPROTECTION code) {
  return (code & MM_GUARD_PAGE) != 0 && (code & MM_PROTECT_ACCESS) != 0;
}
constexpr bool MiIsNoAccess(MMPROTECTION code) { return (code & MM_PROTECT_ACCESS) == 0; }
constexpr bool MiIsExecutable(MMPROTECTION code) {
  const MMPROTECTION access = code & MM_PROTECT_ACCESS;
  return access == MM_EXECUTE || access == MM_EXECUTE_READ || access >= MM_EXECUTE_READWRITE;
}
/// READWRITE and its kin; copy-on-write counts, for a write to it succeeds.
constexpr bool MiAllowsWrite(MMPROTECTION code) {
  return (code & MM_PROTECT_ACCESS) >= MM_READWRITE;
}
constexpr bool MiIsWriteCopy(MMPROTECTION code) {
  return (code & MM_PROTECT_ACCESS) == MM_WRITECOPY ||
         (code & MM_PROTECT_ACCESS) == MM_EXECUTE_WRITECOPY;
}

static_assert(MiMakeProtectionMask(0x04) == MM_READWRITE && MiMakeProtectionMask(0x104) == 0x14);
static_assert(MiMakeProtectionMask(0x101) == MM_INVALID_PROTECTION);
