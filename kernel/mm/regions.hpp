// Small things the virtual-memory services share.
#pragma once

#include "kernel/mm/address_space.hpp"

constexpr MmRegion MiRegion(ULONG first_vpn, ULONG last_vpn) {
  return {first_vpn << PAGE_SHIFT, (last_vpn - first_vpn + 1) << PAGE_SHIFT};
}

/// Gives a committed page another protection; its page table exists.
void MiProtectPage(EPROCESS* process, const MMVAD* vad, ULONG vpn, MMPROTECTION protection);
