// Small things the virtual-memory services share.
#pragma once

#include "kernel/mm/address_space.hpp"

constexpr MmRegion MiRegion(ULONG first_vpn, ULONG last_vpn) {
  return {first_vpn << PAGE_SHIFT, (last_vpn - first_vpn + 1) << PAGE_SHIFT};
}

inline constexpr ULONG MiLargestZeroBits = 21;
/// Room for a region: where `region.base` says, rounded down to 64 KB, or anywhere when that is 0,
/// with `zero_bits` leading zeros.
NTSTATUS MiChooseRange(EPROCESS* process, const MmRegion& region, ULONG zero_bits, bool top_down,
                       ULONG& first_vpn, ULONG& last_vpn);
/// Gives committed pages another protection, and tells the first one's old. Charges for pages of a
/// section that become copy-on-write.
NTSTATUS MiProtectRange(EPROCESS* process, MMVAD* vad, ULONG first_vpn, ULONG last_vpn,
                        MMPROTECTION protection, MMPROTECTION& old);
/// Gives a committed page another protection; its page table exists.
void MiProtectPage(EPROCESS* process, const MMVAD* vad, ULONG vpn, MMPROTECTION protection);
