// Translation off the fast path: the rules of docs/mmu.md, "The rules", in order.
#include "mmu/paging_unit.hpp"

#include <algorithm>

#include "arch/paging_alpha.hpp"
#include "arch/paging_i386.hpp"

namespace faultline {

template <PagingScheme P>
PagingUnit<P>::PagingUnit(MmuState<P>& state, PhysicalMemory& memory, Clock& clock, FaultSink sink)
    : state_(state), memory_(memory), clock_(clock), sink_(sink) {
  memory_.add_listener(*this);
  drop_shadow();
}

template <PagingScheme P>
PagingUnit<P>::~PagingUnit() {
  memory_.remove_listener(*this);
}

template <PagingScheme P>
PhysicalAddress PagingUnit<P>::translate(LinearAddress address, AccessKind kind,
                                         Privilege privilege) {
  if (!state_.registers.paging()) return translate_unpaged(address, kind);
  if (kind == AccessKind::Execute) {
    return translate_paged(state_.tlb.instruction(), state_.shadow.instruction(), address, kind,
                           privilege);
  }
  return translate_paged(state_.tlb.data(), state_.shadow.data(), address, kind, privilege);
}

/// With paging off a linear address is a physical one and the TLB is not used. [386 §5.2.1] By the
/// erratum what it holds still translates, without rights and without a use.
template <PagingScheme P>
PhysicalAddress PagingUnit<P>::translate_unpaged(LinearAddress address, AccessKind kind) {
  TlbEntry entry{.page = {address.value & Geometry::page_mask},
                 .frame = {address.value & Geometry::page_mask},
                 .valid = true,
                 .dirty = true,
                 .user = true,
                 .writable = true,
                 .cache_control = 0};
  const auto remember = [&](const auto& tlb, auto& shadow) {
    if (state_.outlives_pg)
      if (const TlbEntry* held = tlb.probe(address)) entry.frame = held->frame;
    shadow.set_slot(address, make_record(shadow, entry, kind));
  };
  if (kind == AccessKind::Execute)
    remember(state_.tlb.instruction(), state_.shadow.instruction());
  else
    remember(state_.tlb.data(), state_.shadow.data());
  return entry.frame + (address.value & Geometry::offset_mask);
}

/// The entry that a walk for this access yields; its clocks are charged though it may fault.
template <PagingScheme P>
inline TlbEntry PagingUnit<P>::walk(LinearAddress address, AccessKind kind, Privilege privilege) {
  const WalkResult result =
      PageWalker<P>::walk(memory_, state_.registers, address, kind, privilege);
  clock_.advance(u64{result.reads} * state_.timing.walk_read +
                 u64{result.updates} * state_.timing.walk_update);
  if (!result) {
    state_.registers.cr2 = address.value;
    sink_.raise(sink_.context, {address, result.error_code, kind});
    __builtin_unreachable();
  }
  return {.page = {address.value & Geometry::page_mask},
          .frame = PageWalker<P>::frame_address(result.entry.frame),
          .valid = true,
          .dirty = result.entry.dirty,
          .user = result.entry.user,
          .writable = result.entry.writable,
          .cache_control = P::cache_control(result.path.pte)};
}

template <PagingScheme P>
template <class Tlb, class Shadow>
PhysicalAddress PagingUnit<P>::translate_paged(Tlb& tlb, Shadow& shadow, LinearAddress address,
                                               AccessKind kind, Privilege privilege) {
  const bool fetch = kind == AccessKind::Execute;
  if (!fetch) ++tlb.counters.data_lookups;
  TlbEntry* entry = tlb.lookup(address);
  if (entry == nullptr) {
    ++(fetch ? tlb.counters.instruction_misses : tlb.counters.data_misses);
    entry = &tlb.fill(walk(address, kind, privilege));
    shadow.used(tlb, address);
  } else {
    shadow.used(tlb, address);
    // Rights that allow the access are used though memory may have taken them back since; rights
    // that do not, and a first write, send the unit to memory before it faults. The entry is
    // renewed in its place. (docs/mmu.md, rules 4 and 5)
    if (!permits(*entry, kind, privilege)) {
      ++tlb.counters.refreshes;
      *entry = walk(address, kind, privilege);
    }
  }
  shadow.install(tlb, *entry, make_record(shadow, *entry, kind));
  return entry->frame + (address.value & Geometry::offset_mask);
}

template <PagingScheme P>
bool PagingUnit<P>::permits(const TlbEntry& entry, AccessKind kind, Privilege privilege) const {
  if (kind == AccessKind::Write && !entry.dirty) return false;
  return page_allows(entry.user, entry.writable, kind, privilege,
                     P::write_protect_always || state_.registers.write_protect());
}

/// What the host may do by itself with the page of an entry that has just been used: nothing, when
/// it cannot reach the whole page.
template <PagingScheme P>
ShadowRecord PagingUnit<P>::make_record(const auto& shadow, const TlbEntry& entry,
                                        AccessKind kind) const {
  if (state_.shadow_off) return {};
  const u32 page = entry.page.value;
  if (state_.watch.active && state_.watch.in_page(entry.page, Geometry::page_size)) return {};
  const u8* host = memory_.host_page_for_read(entry.frame);
  bool store = true;
  for (u32 offset = 0; offset < Geometry::page_size; offset += PhysicalMemory::granule_size) {
    if (host == nullptr || memory_.host_page_for_read(entry.frame + offset) != host + offset) {
      return {};
    }
    store = store && memory_.host_page_for_write(entry.frame + offset) == host + offset;
  }
  ShadowRecord made;
  made.addend = reinterpret_cast<std::uintptr_t>(host) - page;
  const ShadowRecord& old = shadow.slot(entry.page);
  const bool fetched =
      kind == AccessKind::Execute || (old.fetch_tag[0] == page && old.addend == made.addend);
  // Behind a narrow bus an access of 32 bits is charged, which the inline path does not do.
  const u32 tag = state_.timing.narrow() ? page | ShadowRecord::charged : page;
  for (const Privilege privilege : {Privilege::Supervisor, Privilege::User}) {
    const auto index = static_cast<unsigned>(privilege);
    const bool read = permits(entry, AccessKind::Read, privilege);
    if (read) made.read_tag[index] = tag;
    if (read && fetched) made.fetch_tag[index] = page;
    if (store && permits(entry, AccessKind::Write, privilege)) made.write_tag[index] = tag;
  }
  return made;
}

template <PagingScheme P>
typename PagingUnit<P>::Operand PagingUnit<P>::translate_operand(LinearAddress address, u32 bytes,
                                                                 AccessKind kind,
                                                                 Privilege privilege) {
  const u32 room = Geometry::page_size - (address.value & Geometry::offset_mask);
  const PhysicalAddress first = translate(address, kind, privilege);
  if (bytes <= room) return {first, first, bytes};
  return {first, translate(address + room, kind, privilege), room};
}

template <PagingScheme P>
void PagingUnit<P>::translate_range(LinearAddress address, u32 bytes, AccessKind kind,
                                    Privilege privilege) {
  while (bytes != 0) {
    translate(address, kind, privilege);
    const u32 room = Geometry::page_size - (address.value & Geometry::offset_mask);
    const u32 step = std::min(bytes, room);
    address = address + step;
    bytes -= step;
  }
}

template <PagingScheme P>
void PagingUnit<P>::flush_all() {
  drop_shadow();
  state_.tlb.for_each([](auto& tlb) { tlb.flush_all(); });
}

template <PagingScheme P>
void PagingUnit<P>::flush_page(LinearAddress address) {
  state_.shadow.for_each([&](auto& shadow) { shadow.drop(address); });
  clock_.attention();  // the running page may be this one
  state_.tlb.for_each([&](auto& tlb) { tlb.flush_page(address); });
}

template <PagingScheme P>
void PagingUnit<P>::drop_shadow() {
  auto& shadow = state_.shadow.data();
  if (state_.shadow_paged) state_.tlb.data().counters.data_lookups += shadow.matches;
  shadow.matches = 0;
  state_.shadow.for_each([](auto& each) { each.drop_all(); });
  state_.shadow_paged = state_.registers.paging();
  clock_.attention();
}

template <PagingScheme P>
TlbCounters PagingUnit<P>::counters() const {
  return state_.counters();
}

template class PagingUnit<PagingI386>;
template class PagingUnit<PagingAlpha>;

}  // namespace faultline
