// The dry run itself: the rules of docs/mmu.md, read and not done.
#include "debugger/explain/translation.hpp"

#include <fmt/format.h>

#include "mmu/peek.hpp"

namespace faultline {
namespace {

using Geometry = arch::Geometry<Paging>;

TableEntry table_entry(PhysicalAddress address, u32 value) {
  return {address.value, value, Paging::decode(value)};
}

template <class Tlb>
TlbPlace place_in(const Tlb& tlb, std::string_view part, u32 linear) {
  TlbPlace place{.part = part};
  place.set = Tlb::set_of({linear});
  place.ways = Tlb::ways;
  place.next_victim = tlb.victim(place.set);
  place.bits = tlb.replacement(place.set).bits();
  if (const TlbEntry* entry = tlb.probe({linear})) {
    place.way = tlb.way_of(*entry);
    place.entry = *entry;
  }
  return place;
}

}  // namespace

TlbPlace find_in_tlb(const CpuContext& context, u32 linear, AccessKind kind) {
  const auto& tlb = context.mmu.tlb;
  constexpr bool split = std::decay_t<decltype(tlb)>::split;
  TlbPlace place = kind == AccessKind::Execute
                       ? place_in(tlb.instruction(), split ? "instruction" : "", linear)
                       : place_in(tlb.data(), split ? "data" : "", linear);
  if (place.way) place.stale = stale_reason(context, place.entry);
  return place;
}

std::string stale_reason(const CpuContext& context, const TlbEntry& entry) {
  const Peek<Paging> peek(context.mmu.registers, context.memory);
  if (!entry.valid || !peek.paging()) return {};
  const PageTablePath path = peek.path(entry.page);
  const PageEntry pde = Paging::decode(path.pde), pte = Paging::decode(path.pte);
  const PageEntry now = PageWalker<Paging>::combine(pde, pte);
  if (!now.present) return "the page is not present";
  const PhysicalAddress frame = PageWalker<Paging>::frame_address(pte.frame);
  if (frame != entry.frame) return fmt::format("the page is at {:08X}", frame.value);
  if (entry.user && !now.user) return "the page is the supervisor's";
  if (entry.writable && !now.writable) return "the page is read-only";
  if (Paging::hardware_accessed_dirty && entry.dirty && !pte.dirty)
    return "the page is not dirty, and no write will make it so";
  return {};
}

std::string refusal(const TableEntry& pde, const std::optional<TableEntry>& pte, AccessKind kind,
                    bool user) {
  if (!pde.bits.present) return "the directory entry is not present";
  if (!pte || !pte->bits.present) return "the PTE is not present";
  const char* where = !pde.bits.user ? "the PDE" : "the PTE";
  if (user && (!pde.bits.user || !pte->bits.user))
    return std::string("user mode, and ") + (Paging::hardware_accessed_dirty ? "U/S" : "Owner") +
           " is clear in " + where;
  where = !pde.bits.writable ? "the PDE" : "the PTE";
  if (kind == AccessKind::Write && (!pde.bits.writable || !pte->bits.writable))
    return std::string("a write, and ") + (Paging::hardware_accessed_dirty ? "R/W" : "Dirty") +
           " is clear in " + where;
  return {};
}

Translation translate(const CpuContext& context, u32 linear, AccessKind kind, bool user) {
  Translation t{.linear = linear, .kind = kind, .user = user};
  const PagingRegisters& registers = context.mmu.registers;
  t.paging = registers.paging();
  t.cr3 = registers.cr3;
  if (!t.paging) {
    t.physical = linear;
    t.reason = "paging is off: the linear address is the physical one";
    return t;
  }
  const Peek<Paging> peek(registers, context.memory);
  const PageTablePath path = peek.path({linear});
  t.pde = table_entry(path.pde_address, path.pde);
  if (t.pde->bits.present) t.pte = table_entry(path.pte_address, path.pte);
  t.tlb = find_in_tlb(context, linear, kind);

  const Privilege privilege = user ? Privilege::User : Privilege::Supervisor;
  const bool protect = Paging::write_protect_always || registers.write_protect();
  const u32 offset = linear & Geometry::offset_mask;
  if (t.tlb.way) {
    const TlbEntry& held = t.tlb.entry;
    const bool dirty_enough = kind != AccessKind::Write || held.dirty;
    if (dirty_enough && page_allows(held.user, held.writable, kind, privilege, protect)) {
      t.physical = held.frame.value + offset;
      t.reason = t.tlb.stale.empty() ? "the TLB's entry allows it"
                                     : "the TLB's entry allows it, though in memory " + t.tlb.stale;
      return t;
    }
  }
  t.walks = true;
  const bool present = t.pde->bits.present && t.pte->bits.present;
  if (present) {
    const PageEntry both = PageWalker<Paging>::combine(t.pde->bits, t.pte->bits);
    if (page_allows(both.user, both.writable, kind, privilege, protect)) {
      t.physical = PageWalker<Paging>::frame_address(t.pte->bits.frame).value + offset;
      t.reason = "both entries allow it";
      if (t.tlb.way) t.reason += "; the TLB's entry is renewed";
      return t;
    }
  }
  t.allowed = false;
  t.error_code = page_fault_error(present, kind, privilege);
  t.reason = refusal(*t.pde, t.pte, kind, user);
  return t;
}

}  // namespace faultline
