// Translation off the fast path: the rules of docs/mmu.md, "The rules", in order.
#include "mmu/paging_unit.hpp"

#include <algorithm>

#include "arch/paging_alpha.hpp"
#include "arch/paging_i386.hpp"

namespace faultline {

namespace {

MicroStep step_of(MicroEvent what, LinearAddress address, AccessKind kind, Privilege privilege) {
  MicroStep step;
  step.what = what;
  step.kind = kind;
  step.user = privilege == Privilege::User;
  step.linear = address;
  return step;
}

/// Of split buffers, the one for fetches.
bool is_instruction_part(const auto& state, const auto& tlb) {
  return state.tlb.split && static_cast<const void*>(&tlb) == &state.tlb.instruction();
}

}  // namespace

template <PagingScheme P, class Probe>
PagingUnit<P, Probe>::PagingUnit(MmuState<P>& state, PhysicalMemory& memory, Clock& clock,
                                 FaultSink sink, Probe probe)
    : state_(state), memory_(memory), clock_(clock), sink_(sink), probe_(probe) {
  memory_.add_listener(*this);
  drop_shadow();
}

template <PagingScheme P, class Probe>
PagingUnit<P, Probe>::~PagingUnit() {
  memory_.remove_listener(*this);
}

template <PagingScheme P, class Probe>
PhysicalAddress PagingUnit<P, Probe>::translate(LinearAddress address, AccessKind kind,
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
template <PagingScheme P, class Probe>
PhysicalAddress PagingUnit<P, Probe>::translate_unpaged(LinearAddress address, AccessKind kind) {
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
template <PagingScheme P, class Probe>
inline TlbEntry PagingUnit<P, Probe>::walk(LinearAddress address, AccessKind kind,
                                           Privilege privilege) {
  const auto told = [&] {
    if constexpr (Probe::probing) {
      return [&, this](MicroEvent what, PhysicalAddress at, u32 before, u32 value, u32 number) {
        const bool update = what == MicroEvent::AccessedWrite || what == MicroEvent::DirtyWrite;
        const bool read = what == MicroEvent::PdeRead || what == MicroEvent::PteRead;
        clock_.advance(update ? state_.timing.walk_update : read ? state_.timing.walk_read : 0);
        if (!telling()) return;
        MicroStep step = step_of(what, address, kind, privilege);
        step.number = static_cast<u16>(number);
        step.physical = at;
        step.bytes = step.first_bytes = Geometry::entry_size;
        step.value = value;
        step.before = before;
        tell(step);
      };
    } else {
      return Unprobed{};
    }
  }();
  const WalkResult result =
      PageWalker<P>::walk(memory_, state_.registers, address, kind, privilege, told);
  if constexpr (!Probe::probing)
    clock_.advance(u64{result.reads} * state_.timing.walk_read +
                   u64{result.updates} * state_.timing.walk_update);
  if (!result) {
    state_.registers.cr2 = address.value;
    if constexpr (Probe::probing) {
      if (telling()) {
        MicroStep step = step_of(MicroEvent::PageFault, address, kind, privilege);
        step.value = result.error_code;
        step.number = static_cast<u16>(result.failure);
        tell(step);
      }
    }
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

template <PagingScheme P, class Probe>
template <class Tlb, class Shadow>
PhysicalAddress PagingUnit<P, Probe>::translate_paged(Tlb& tlb, Shadow& shadow,
                                                      LinearAddress address, AccessKind kind,
                                                      Privilege privilege) {
  const bool fetch = kind == AccessKind::Execute;
  if (!fetch) ++tlb.counters.data_lookups;
  [[maybe_unused]] const u8 bits_before = tlb.replacement(tlb.set_of(address)).bits();
  TlbEntry* entry = tlb.lookup(address);
  if constexpr (Probe::probing)
    if (telling()) tell_lookup(tlb, address, kind, privilege, bits_before);
  if (entry == nullptr) {
    ++(fetch ? tlb.counters.instruction_misses : tlb.counters.data_misses);
    entry = &fill(tlb, walk(address, kind, privilege));
    shadow.used(tlb, address);
  } else {
    shadow.used(tlb, address);
    // Rights that allow the access are used though memory may have taken them back since; rights
    // that do not, and a first write, send the unit to memory before it faults. The entry is
    // renewed in its place. (docs/mmu.md, rules 4 and 5)
    if (!permits(*entry, kind, privilege)) {
      ++tlb.counters.refreshes;
      *entry = walk(address, kind, privilege);
      if constexpr (Probe::probing)
        if (telling()) tell_entry(MicroEvent::TlbFill, tlb, tlb.way_of(*entry), *entry, true);
    }
  }
  shadow.install(tlb, *entry, make_record(shadow, *entry, kind));
  return entry->frame + (address.value & Geometry::offset_mask);
}

template <PagingScheme P, class Probe>
template <class Tlb>
inline TlbEntry& PagingUnit<P, Probe>::fill(Tlb& tlb, const TlbEntry& made) {
  if constexpr (Probe::probing) {
    if (telling()) {
      const unsigned set = tlb.set_of(made.page), way = tlb.victim(set);
      const TlbEntry& victim = tlb.entry(set, way);
      if (victim.valid) tell_entry(MicroEvent::TlbEvict, tlb, way, victim, true);
      TlbEntry& entry = tlb.fill(made);
      tell_entry(MicroEvent::TlbFill, tlb, way, entry, false);
      return entry;
    }
  }
  return tlb.fill(made);
}

/// A look-up that was made, by what the buffer holds now.
template <PagingScheme P, class Probe>
template <class Tlb>
void PagingUnit<P, Probe>::tell_lookup(const Tlb& tlb, LinearAddress address, AccessKind kind,
                                       Privilege privilege, u8 bits_before) const {
  MicroStep step = step_of(MicroEvent::TlbLookup, address, kind, privilege);
  step.set = static_cast<u8>(tlb.set_of(address));
  step.instruction = is_instruction_part(state_, tlb);
  step.before = bits_before;
  step.value = tlb.replacement(step.set).bits();
  if (const TlbEntry* entry = tlb.probe(address)) {
    step.hit = true;
    step.allowed = permits(*entry, kind, privilege);
    step.way = static_cast<u8>(tlb.way_of(*entry));
    step.entry = *entry;
    step.physical = entry->frame + (address.value & Geometry::offset_mask);
  }
  tell(step);
}

template <PagingScheme P, class Probe>
void PagingUnit<P, Probe>::tell_fetch(LinearAddress address, Privilege privilege,
                                      u8 bits_before) const requires(Probe::probing) {
  tell_lookup(state_.tlb.instruction(), address, AccessKind::Execute, privilege, bits_before);
}

/// What befalls an entry.
template <PagingScheme P, class Probe>
template <class Tlb>
void PagingUnit<P, Probe>::tell_entry(MicroEvent what, const Tlb& tlb, unsigned way,
                                      const TlbEntry& entry, bool hit) const {
  MicroStep step;
  step.what = what;
  step.hit = hit;
  step.instruction = is_instruction_part(state_, tlb);
  step.set = static_cast<u8>(tlb.set_of(entry.page));
  step.way = static_cast<u8>(way);
  step.linear = entry.page;
  step.physical = entry.frame;
  step.entry = entry;
  tell(step);
}

template <PagingScheme P, class Probe>
bool PagingUnit<P, Probe>::permits(const TlbEntry& entry, AccessKind kind,
                                   Privilege privilege) const {
  if (kind == AccessKind::Write && !entry.dirty) return false;
  return page_allows(entry.user, entry.writable, kind, privilege,
                     P::write_protect_always || state_.registers.write_protect());
}

/// What the host may do by itself with the page of an entry that has just been used: nothing, when
/// it cannot reach the whole page.
template <PagingScheme P, class Probe>
ShadowRecord PagingUnit<P, Probe>::make_record(const auto& shadow, const TlbEntry& entry,
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

template <PagingScheme P, class Probe>
typename PagingUnit<P, Probe>::Operand PagingUnit<P, Probe>::translate_operand(
    LinearAddress address, u32 bytes, AccessKind kind, Privilege privilege) {
  const u32 room = Geometry::page_size - (address.value & Geometry::offset_mask);
  const PhysicalAddress first = translate(address, kind, privilege);
  if (bytes <= room) return {first, first, bytes};
  return {first, translate(address + room, kind, privilege), room};
}

template <PagingScheme P, class Probe>
void PagingUnit<P, Probe>::translate_range(LinearAddress address, u32 bytes, AccessKind kind,
                                           Privilege privilege) {
  while (bytes != 0) {
    translate(address, kind, privilege);
    const u32 room = Geometry::page_size - (address.value & Geometry::offset_mask);
    const u32 step = std::min(bytes, room);
    address = address + step;
    bytes -= step;
  }
}

template <PagingScheme P, class Probe>
void PagingUnit<P, Probe>::flush_all() {
  drop_shadow();
  state_.tlb.for_each([](auto& tlb) { tlb.flush_all(); });
  if constexpr (Probe::probing)
    if (telling()) tell({.what = MicroEvent::TlbFlush});
}

template <PagingScheme P, class Probe>
void PagingUnit<P, Probe>::flush_page(LinearAddress address) {
  state_.shadow.for_each([&](auto& shadow) { shadow.drop(address); });
  clock_.attention();  // the running page may be this one
  state_.tlb.for_each([&](auto& tlb) {
    if constexpr (Probe::probing) {
      if (telling()) {
        const TlbEntry* held = tlb.probe(address);
        const TlbEntry entry = held != nullptr ? *held : TlbEntry{.page = tlb.page_of(address)};
        const unsigned way = held != nullptr ? tlb.way_of(*held) : 0;
        tlb.flush_page(address);
        return tell_entry(MicroEvent::TlbFlushPage, tlb, way, entry, held != nullptr);
      }
    }
    tlb.flush_page(address);
  });
}

template <PagingScheme P, class Probe>
void PagingUnit<P, Probe>::drop_shadow() {
  auto& shadow = state_.shadow.data();
  if (state_.shadow_paged) state_.tlb.data().counters.data_lookups += shadow.matches;
  shadow.matches = 0;
  state_.shadow.for_each([](auto& each) { each.drop_all(); });
  state_.shadow_paged = state_.registers.paging();
  clock_.attention();
}

template <PagingScheme P, class Probe>
TlbCounters PagingUnit<P, Probe>::counters() const {
  return state_.counters();
}

template class PagingUnit<PagingI386>;
template class PagingUnit<PagingI386, Probed>;
template class PagingUnit<PagingAlpha>;
template class PagingUnit<PagingAlpha, Probed>;

}  // namespace faultline
