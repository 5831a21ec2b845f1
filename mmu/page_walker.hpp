// The two-level page-table walk, once for every paging scheme. [386 §5.2, §6.4] [486 §5.3, §6.4]
#pragma once

#include "arch/paging.hpp"
#include "arch/vector.hpp"
#include "mmu/micro_step.hpp"
#include "mmu/paging_registers.hpp"
#include "mmu/physical_memory.hpp"

namespace faultline {

/// Whether a page with these rights allows the access. The supervisor reads everything, and writes
/// everything unless `write_protect` (CR0.WP, or a scheme that always obeys R/W).
/// [386 §6.4.1] [486 §6.4.3]
constexpr bool page_allows(bool user, bool writable, AccessKind kind, Privilege privilege,
                           bool write_protect) {
  if (privilege == Privilege::User) return user && (kind != AccessKind::Write || writable);
  return kind != AccessKind::Write || writable || !write_protect;
}

/// The error code of a page fault. An instruction fetch shows as a read. [386 §9.8.14]
constexpr u32 page_fault_error(bool present, AccessKind kind, Privilege privilege) {
  return (present ? page_fault::P : 0) | (kind == AccessKind::Write ? page_fault::W : 0) |
         (privilege == Privilege::User ? page_fault::U : 0);
}

/// Both entries on the way to a page, as memory holds them.
struct PageTablePath {
  PhysicalAddress pde_address{}, pte_address{};
  u32 pde = 0, pte = 0;  // raw; the PTE is meaningful only where the PDE is present
};

enum class WalkFailure : u8 { None, DirectoryNotPresent, TableNotPresent, Protection };

struct WalkResult {
  WalkFailure failure = WalkFailure::None;
  u32 error_code = 0;    // of the page fault, when there is a failure
  PageTablePath path{};  // as read, before A and D were set
  PageEntry entry{};     // U and W are the AND of both levels; A and D as they are now
  unsigned reads = 0;    // bus reads
  unsigned updates = 0;  // locked read-modify-writes that set A or D

  explicit operator bool() const { return failure == WalkFailure::None; }
};

template <PagingScheme P>
class PageWalker {
 public:
  using Geometry = arch::Geometry<P>;

  /// The walk of one access. A is set in both entries and D in the PTE of a write, each by a locked
  /// update and only where it was clear; a walk that fails changes nothing. [386 §5.2.4, §11.2]
  /// `told(event, physical, before, value, number)`, when it is not Unprobed, hears of each access.
  /// Inlined, so that the result need not be built in memory.
  template <class Told = Unprobed>
  [[gnu::always_inline]] static WalkResult walk(PhysicalMemory& memory,
                                                const PagingRegisters& registers,
                                                LinearAddress address, AccessKind kind,
                                                Privilege privilege, const Told& told = {}) {
    WalkResult result;
    const auto read = [&](PhysicalAddress at) {
      ++result.reads;
      const u32 entry = memory.read<u32>(at);
      if constexpr (tells<Told>)
        told(result.reads == 1 ? MicroEvent::PdeRead : MicroEvent::PteRead, at, 0u, entry, 0u);
      return entry;
    };
    const auto fail = [&](WalkFailure failure) {
      result.failure = failure;
      result.error_code = page_fault_error(failure == WalkFailure::Protection, kind, privilege);
      return result;
    };

    result.path = follow(read, registers.cr3, address);
    const PageEntry pde = P::decode(result.path.pde), pte = P::decode(result.path.pte);
    if (!pde.present) return fail(WalkFailure::DirectoryNotPresent);
    if (!pte.present) return fail(WalkFailure::TableNotPresent);
    result.entry = combine(pde, pte);
    const bool write_protect = P::write_protect_always || registers.write_protect();
    if (!page_allows(result.entry.user, result.entry.writable, kind, privilege, write_protect)) {
      if constexpr (tells<Told> && !P::hardware_accessed_dirty)
        if (kind == AccessKind::Write && !pte.writable)
          told(MicroEvent::FaultOnWrite, result.path.pte_address, 0u, result.path.pte, 0u);
      return fail(WalkFailure::Protection);
    }
    if constexpr (P::hardware_accessed_dirty) set_accessed_dirty(memory, kind, result, told);
    return result;
  }

  /// The entries a walk would meet, without side effects; null where no directory entry is present.
  static PageTablePath examine(const PhysicalMemory& memory, u32 cr3, LinearAddress address) {
    const auto read = [&](PhysicalAddress at) {
      u8 raw[4];
      memory.read_bytes(at, raw);
      return u32{raw[0]} | u32{raw[1]} << 8 | u32{raw[2]} << 16 | u32{raw[3]} << 24;
    };
    return follow(read, cr3, address);
  }

  /// The rights of a page, from both levels. [386 §6.4.1.3]
  static constexpr PageEntry combine(const PageEntry& pde, const PageEntry& pte) {
    PageEntry entry = pte;
    entry.present = pde.present && pte.present;
    entry.user = pde.user && pte.user;
    entry.writable = pde.writable && pte.writable;
    return entry;
  }

  /// First byte of a page frame. Frame bits beyond the 32-bit bus are lost.
  static constexpr PhysicalAddress frame_address(u32 frame) {
    return {frame << Geometry::page_shift};
  }

 private:
  template <class Told>
  static constexpr bool tells = !std::is_same_v<Told, Unprobed>;

  static PageTablePath follow(auto&& read, u32 cr3, LinearAddress address) {
    PageTablePath path;
    path.pde_address = {(cr3 & Geometry::page_mask) +
                        Geometry::directory_index(address.value) * Geometry::entry_size};
    path.pde = read(path.pde_address);
    const PageEntry pde = P::decode(path.pde);
    if (!pde.present) return path;
    path.pte_address =
        frame_address(pde.frame) + Geometry::table_index(address.value) * Geometry::entry_size;
    path.pte = read(path.pte_address);
    return path;
  }

  template <class Told>
  static void set_accessed_dirty(PhysicalMemory& memory, AccessKind kind, WalkResult& result,
                                 const Told& told) {
    const auto update = [&](PhysicalAddress at, auto&& with, [[maybe_unused]] MicroEvent event,
                            [[maybe_unused]] u32 level) {
      const u32 before = memory.read<u32>(at), after = with(before);
      memory.write<u32>(at, after);
      ++result.updates;
      if constexpr (tells<Told>) told(event, at, before, after, level);
    };
    const bool dirty = kind == AccessKind::Write;
    const auto marked = [&](u32 raw) {
      return dirty ? P::with_dirty(P::with_accessed(raw)) : P::with_accessed(raw);
    };
    if (P::with_accessed(result.path.pde) != result.path.pde) {
      update(result.path.pde_address, P::with_accessed, MicroEvent::AccessedWrite, 0);
    }
    if (marked(result.path.pte) != result.path.pte)
      update(result.path.pte_address, marked,
             dirty ? MicroEvent::DirtyWrite : MicroEvent::AccessedWrite, 1);
    result.entry.accessed = true;
    result.entry.dirty = result.entry.dirty || dirty;
  }
};

}  // namespace faultline
