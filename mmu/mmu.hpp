// The memory management unit as the CPU sees it: accesses by linear address and privilege. The
// shadow answers most of them inline; the paging unit takes the rest.
#pragma once

#include <cstring>
#include <optional>

#include "arch/paging_selected.hpp"
#include "mmu/paging_unit.hpp"
#include "mmu/peek.hpp"
#include "tlb/test_registers.hpp"

namespace faultline {

/// What the MMU asks of an observer policy; the policies themselves are the CPU's. One that watches
/// is told every data access that was made.
template <class O>
concept ObserverPolicy = requires {
  { O::watching } -> std::convertible_to<bool>;
}
&&(!O::watching || requires(const O& observer, AccessKind kind, LinearAddress address) {
  observer.data(kind, address, u32{1}, u32{0});
});

/// How an observer is told of micro-steps: by its probe().
template <class O>
constexpr auto probe_of(const O& observer) {
  if constexpr (requires { observer.probe(); })
    return observer.probe();
  else
    return Unprobed{};
}
template <class O>
using ProbeOf = decltype(probe_of(std::declval<const O&>()));

/// Every access may leave through the FaultSink, and then nothing was stored and no register but
/// CR2 has changed. T is u8, u16 or u32; any alignment.
template <PagingScheme P, ObserverPolicy Observer>
class Mmu : public PagingUnit<P, ProbeOf<Observer>> {
  using Unit = PagingUnit<P, ProbeOf<Observer>>;
  static constexpr bool probing = ProbeOf<Observer>::probing;

 public:
  Mmu(MmuState<P>& state, PhysicalMemory& memory, Clock& clock, FaultSink sink, Observer observer)
      : Unit(state, memory, clock, sink, probe_of(observer)), observer_(observer) {}

  // `role` is what the access is for, to whoever is told of micro-steps.
  template <BusWidth T>
  [[gnu::always_inline]] T read(LinearAddress address, Privilege privilege,
                                [[maybe_unused]] MicroEvent role = MicroEvent::DataRead) {
    if constexpr (probing)
      if (this->telling()) return told_read<T, AccessKind::Read>(address, privilege, role);
    auto& shadow = state_.shadow.data();
    const ShadowRecord& record = shadow.slot(address);
    if (shadow.template allows_aligned<&ShadowRecord::read_tag>(record, address, sizeof(T),
                                                                index(privilege))) [[likely]] {
      ++shadow.matches;
      return seen(AccessKind::Read, address, host_load<T>(record.host(address)));
    }
    return seen(AccessKind::Read, address, read_slow<T, AccessKind::Read>(address, privilege));
  }

  template <BusWidth T>
  [[gnu::always_inline]] void write(LinearAddress address, T value, Privilege privilege,
                                    [[maybe_unused]] MicroEvent role = MicroEvent::DataWrite) {
    if constexpr (probing)
      if (this->telling()) return told_write<T>(address, value, privilege, role);
    auto& shadow = state_.shadow.data();
    const ShadowRecord& record = shadow.slot(address);
    if (shadow.template allows_aligned<&ShadowRecord::write_tag>(record, address, sizeof(T),
                                                                 index(privilege))) [[likely]] {
      ++shadow.matches;
      std::memcpy(record.host(address), &value, sizeof(T));
    } else {
      write_slow<T>(address, value, privilege);
    }
    seen(AccessKind::Write, address, value);
  }

  /// The read of a read-modify-write: demands write permission and faults as a write, so that the
  /// write<T> of the same operand that follows it cannot. (docs/mmu.md, rule 6)
  template <BusWidth T>
  [[gnu::always_inline]] T read_for_write(LinearAddress address, Privilege privilege) {
    if constexpr (probing)
      if (this->telling())
        return told_read<T, AccessKind::Write>(address, privilege, MicroEvent::DataRead);
    auto& shadow = state_.shadow.data();
    const ShadowRecord& record = shadow.slot(address);
    if (shadow.template allows_aligned<&ShadowRecord::write_tag>(record, address, sizeof(T),
                                                                 index(privilege))) [[likely]] {
      ++shadow.matches;
      return seen(AccessKind::Read, address, host_load<T>(record.host(address)));
    }
    return seen(AccessKind::Read, address, read_slow<T, AccessKind::Write>(address, privilege));
  }

  /// Where the host finds an aligned operand that a slot of the shadow answers, its accesses
  /// counted; null when none does.
  template <AccessKind Kind>
  [[gnu::always_inline]] u8* quick(LinearAddress address, u32 bytes, Privilege privilege,
                                   unsigned accesses) {
    auto& shadow = state_.shadow.data();
    const ShadowRecord& record = shadow.slot(address);
    if (!shadow.template allows_aligned<tag_of(Kind)>(record, address, bytes, index(privilege)))
        [[unlikely]]
      return nullptr;
    shadow.matches += accesses;
    return record.host(address);
  }
  /// The same of an operand that is a hit of the TLB: the entry is used. If that takes the running
  /// page from its slot, the fetch of the next instruction is made too when `fetches`; otherwise
  /// nothing is done and the answer is null.
  template <AccessKind Kind>
  [[gnu::noinline]] u8* quick_hit(LinearAddress address, u32 bytes, Privilege privilege,
                                  unsigned accesses, bool fetches) {
    if ((address.value & (bytes - 1)) != 0) return nullptr;
    if (state_.timing.narrow()) return charged_hit<Kind>(address, bytes, privilege, accesses);
    auto& tlb = state_.tlb.data();
    auto& shadow = state_.shadow.data();
    if constexpr (!decltype(state_.tlb)::split) {
      if (tlb.set_of(address) == tlb.set_of(code_page_)) {
        if (!fetches || !code_page_is_mru(code_page_, privilege)) return nullptr;
        const unsigned set = tlb.set_of(address), code = shadow.way_of(code_page_);
        const unsigned way =
            shadow.template way_allowing<tag_of(Kind)>(address, bytes, index(privilege));
        if (way == tlb.ways || code == tlb.ways) return nullptr;
        tlb.use(set, way);
        tlb.use(set, code);
        shadow.matches += accesses;
        return shadow.of_entry(set, way).host(address);
      }
    }
    const unsigned way = shadow.template hit<tag_of(Kind)>(tlb, address, bytes, index(privilege));
    if (way == tlb.ways) return nullptr;
    shadow.matches += accesses;
    return shadow.slot(address).host(address);
  }
  /// Where the host finds bytes within a page for some aligned accesses to them that have nothing
  /// between them; null when the TLB has no right to the page.
  template <AccessKind Kind>
  [[gnu::always_inline]] u8* span(LinearAddress address, u32 bytes, Privilege privilege,
                                  unsigned accesses) {
    if constexpr (Observer::watching) return nullptr;  // who watches sees each access
    if (address.value % 4 != 0 || state_.timing.narrow()) return nullptr;
    auto& shadow = state_.shadow.data();
    const ShadowRecord& record = shadow.slot(address);
    u8* at = record.host(address);
    if (!shadow.template allows<tag_of(Kind)>(record, address, bytes, index(privilege)))
      at = use<Kind>(address, bytes, privilege);
    if (at != nullptr) shadow.matches += accesses;
    return at;
  }
  /// Clocks of an aligned access to T beyond its first bus cycle.
  template <BusWidth T>
  u32 further_clocks() const {
    return state_.timing.beyond_first_cycle(sizeof(T));
  }
  /// For instructions that repeat an iteration of one or two accesses, just after one of them:
  /// where the host finds `count` further values of T for each access, when all of them are hits
  /// within a page, and another iteration would leave the replacement state as it is. So will all
  /// of them. Null otherwise. Each access is then counted by count_matches, and what it costs
  /// beyond its first bus cycle is the caller's to charge.
  template <BusWidth T>
  u8* store_run(LinearAddress to, u32 count, Privilege privilege) {
    const auto way = way_of_run<AccessKind::Write>(to, count * u32{sizeof(T)}, privilege);
    if (!way || costs_more<T>(to) || !repeats(to, *way, to, *way)) return nullptr;
    return run_record(to, *way).host(to);
  }
  struct CopyRun {
    const u8* from;
    u8* to;
  };
  template <BusWidth T>
  std::optional<CopyRun> copy_run(LinearAddress from, LinearAddress to, u32 count,
                                  Privilege privilege) {
    const u32 bytes = count * u32{sizeof(T)};
    const auto read = way_of_run<AccessKind::Read>(from, bytes, privilege);
    const auto write = way_of_run<AccessKind::Write>(to, bytes, privilege);
    if (!read || !write || costs_more<T>(from) || costs_more<T>(to) ||
        !repeats(from, *read, to, *write))
      return std::nullopt;
    return CopyRun{run_record(from, *read).host(from), run_record(to, *write).host(to)};
  }
  void count_matches(u64 accesses) { state_.shadow.data().matches += accesses; }
  /// Values of T from `address` to the end of its page.
  template <BusWidth T>
  static u32 room_in_page(LinearAddress address) {
    return (Unit::Geometry::page_size - (address.value & Unit::Geometry::offset_mask)) / sizeof(T);
  }

  /// Makes sure that the accesses to a range that follow cannot fault: translates each of its
  /// pages, with A and D, and touches no byte. For instructions that store in several parts.
  void probe_read(LinearAddress address, u32 bytes, Privilege privilege) {
    this->translate_range(address, bytes, AccessKind::Read, privilege);
    keep_fetches_exact();
  }
  void probe_write(LinearAddress address, u32 bytes, Privilege privilege) {
    this->translate_range(address, bytes, AccessKind::Write, privilege);
    keep_fetches_exact();
  }

  /// Where the instruction byte at `address` lies; good to the end of its page.
  PhysicalAddress translate_code(LinearAddress address, Privilege privilege) {
    code_page_ = {address.value & Unit::Geometry::page_mask};
    if constexpr (probing)
      if (this->telling()) return this->translate(address, AccessKind::Execute, privilege);
    auto& tlb = state_.tlb.instruction();
    const unsigned way = state_.shadow.instruction().template hit<&ShadowRecord::fetch_tag>(
        tlb, address, 1, index(privilege));
    if (way == tlb.ways) return this->translate(address, AccessKind::Execute, privilege);
    return tlb.entry(tlb.set_of(address), way).frame +
           (address.value & Unit::Geometry::offset_mask);
  }

  /// The fetch of a further instruction from the page of the last translate_code. False when the
  /// TLB has lost or renewed the page, and translate_code has to be asked again.
  bool fetch_again(Privilege privilege) { return fetch_again(code_page_, privilege); }
  /// The same from a page, by its first byte, whose translation was asked for before.
  bool fetch_again(LinearAddress page, Privilege privilege) {
    auto& tlb = state_.tlb.instruction();
    [[maybe_unused]] const u8 before = tlb.replacement(tlb.set_of(page)).bits();
    const unsigned way = state_.shadow.instruction().template hit<&ShadowRecord::fetch_tag>(
        tlb, page, 1, index(privilege));
    if (way == tlb.ways) return false;
    code_page_ = page;
    if constexpr (probing)
      if (this->telling()) this->tell_fetch(page, privilege, before);
    return true;
  }
  /// For who watches: the fetch of an instruction from the page of the last translate_code, told of
  /// although it changes nothing.
  bool fetch_told(LinearAddress address, Privilege privilege) {
    const LinearAddress page{address.value & Unit::Geometry::page_mask};
    if (!code_page_is_mru(page, privilege)) return fetch_again(page, privilege);
    if (this->telling() && state_.registers.paging()) {
      const auto& tlb = state_.tlb.instruction();
      this->tell_fetch(address, privilege, tlb.replacement(tlb.set_of(page)).bits());
    }
    return true;
  }

  /// True while a fetch from this page (its first byte's address) is an exact hit that changes no
  /// TLB state, and its translation is what translate_code last returned for it. Pages that the
  /// host cannot reach directly (devices) are never so.
  bool code_page_is_mru(LinearAddress page, Privilege privilege) const {
    return state_.shadow.instruction().slot(page).fetch_tag[index(privilege)] == page.value;
  }

  /// A write of TR6, which acts by the rules of `Design`. Only the 386's scheme has the registers.
  template <class Design>
  void test_tlb(u32 tr6) {
    if constexpr (std::same_as<P, PagingI386>) {
      auto& [command, answer] = state_.tlb_test;
      auto& tlb = state_.tlb.data();
      command = tr6;
      if ((tr6 & tlb_test::lookup_command) != 0) {
        answer = Design::lookup(tlb, tr6);
      } else {
        Design::write(tlb, tr6, answer);
        this->drop_shadow();
      }
    }
  }

  /// The view without side effects.
  Peek<P> peek() const { return Peek<P>(state_.registers, memory_); }

  const Observer& observer() const { return observer_; }

 private:
  using Unit::memory_;
  using Unit::state_;

  /// Tells whoever watches of an access that was made; else nothing but its value.
  template <BusWidth T>
  [[gnu::always_inline]] T seen(AccessKind kind, LinearAddress address, T value) const {
    if constexpr (Observer::watching) observer_.data(kind, address, sizeof(T), value);
    return value;
  }

  static constexpr unsigned index(Privilege privilege) { return static_cast<unsigned>(privilege); }

  template <BusWidth T>
  static T host_load(const u8* at) {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return value;
  }

  static constexpr ShadowTag tag_of(AccessKind kind) {
    return kind == AccessKind::Write ? &ShadowRecord::write_tag : &ShadowRecord::read_tag;
  }

  /// The way of the TLB entry that answers a run, or, with paging off, any number when its slot
  /// does.
  template <AccessKind Kind>
  std::optional<unsigned> way_of_run(LinearAddress address, u32 bytes, Privilege privilege) const {
    const auto& shadow = state_.shadow.data();
    if (!state_.registers.paging()) {
      const u32 page = address.value & Unit::Geometry::page_mask;
      const bool whole = ((address.value + bytes - 1) & Unit::Geometry::page_mask) == page;
      const bool there =
          shadow.template permits<tag_of(Kind)>(shadow.slot(address), address, 1, index(privilege));
      return whole && there ? std::optional<unsigned>(0) : std::nullopt;
    }
    const unsigned way =
        shadow.template way_allowing<tag_of(Kind)>(address, bytes, index(privilege));
    return way == state_.tlb.data().ways ? std::nullopt : std::optional<unsigned>(way);
  }
  const ShadowRecord& run_record(LinearAddress address, unsigned way) const {
    const auto& shadow = state_.shadow.data();
    return state_.registers.paging() ? shadow.of_entry(state_.tlb.data().set_of(address), way)
                                     : shadow.slot(address);
  }
  /// Whether uses of two entries, then in a unified TLB of the running page's, change nothing.
  bool repeats(LinearAddress first, unsigned first_way, LinearAddress second,
               unsigned second_way) const {
    if (!state_.registers.paging()) return true;
    const auto& tlb = state_.tlb.data();
    const auto idle = [&](unsigned set) {
      const auto before = tlb.replacement(set);
      auto after = before;
      if (tlb.set_of(first) == set) after.touch(first_way);
      if (tlb.set_of(second) == set) after.touch(second_way);
      if constexpr (!decltype(state_.tlb)::split) {
        if (tlb.set_of(code_page_) == set) {
          const auto* code = tlb.probe(code_page_);
          if (code == nullptr) return false;
          after.touch(tlb.way_of(*code));
        }
      }
      return after == before;
    };
    return idle(tlb.set_of(first)) && idle(tlb.set_of(second));
  }

  /// quick_hit where an access may cost clocks of its own: it is made only if its page's use
  /// changes nothing, and if no event comes near by its clocks.
  template <AccessKind Kind>
  u8* charged_hit(LinearAddress address, u32 bytes, Privilege privilege, unsigned accesses) {
    auto& shadow = state_.shadow.data();
    const ShadowRecord& record = shadow.slot(address);
    const u64 clocks = u64{accesses} * state_.timing.beyond_first_cycle(bytes);
    if (!shadow.template permits<tag_of(Kind)>(record, address, bytes, index(privilege)) ||
        !this->clock_.affords(clocks))
      return nullptr;
    this->clock_.now += clocks;
    shadow.matches += accesses;
    return record.host(address);
  }

  /// Where the host finds an operand that is a TLB hit and not its slot's; the entry is used, the
  /// lookup not counted. Null when the paging unit has to see the access.
  template <AccessKind Kind>
  [[gnu::noinline]] u8* use(LinearAddress address, u32 bytes, Privilege privilege) {
    auto& shadow = state_.shadow.data();
    auto& tlb = state_.tlb.data();
    if (shadow.template hit<tag_of(Kind)>(tlb, address, bytes, index(privilege)) == tlb.ways)
      return nullptr;
    keep_fetches_exact();
    return shadow.slot(address).host(address);
  }

  /// In a unified TLB a data access may displace the running code page from its slot. The fetch of
  /// the next instruction is then a use that changes replacement state, so the CPU must make it.
  /// (docs/mmu.md, "Fetches")
  void keep_fetches_exact() {
    if constexpr (!decltype(state_.tlb)::split) {
      if (state_.registers.paging() && !code_page_is_mru(code_page_, Privilege::Supervisor))
        this->clock_.refetch();
    }
  }

  /// Clocks of an access for more than one bus cycle; only the slow path is asked.
  template <BusWidth T>
  void spend_beyond_first_cycle(LinearAddress address) {
    if (sizeof(T) == 1 || (is_aligned<T>(address) && !state_.timing.narrow())) return;
    this->clock_.advance(state_.timing.beyond_first_cycle(address, sizeof(T)));
  }
  template <BusWidth T>
  static bool is_aligned(LinearAddress address) {
    return address.value % sizeof(T) == 0;
  }
  template <BusWidth T>
  bool costs_more(LinearAddress address) const {
    return !is_aligned<T>(address) && !state_.timing.flat();
  }

  auto translate_data(LinearAddress address, u32 bytes, AccessKind kind, Privilege privilege) {
    const auto operand = this->translate_operand(address, bytes, kind, privilege);
    keep_fetches_exact();
    if (state_.watch.active && state_.watch.note(address, bytes, kind)) this->clock_.attention();
    return operand;
  }

  template <BusWidth T, AccessKind Kind>
  T read_slow(LinearAddress address, Privilege privilege) {
    if (const u8* at = use<Kind>(address, sizeof(T), privilege)) {
      ++state_.shadow.data().matches;
      spend_beyond_first_cycle<T>(address);
      return host_load<T>(at);
    }
    return read_translating<T, Kind>(address, privilege);
  }
  template <BusWidth T, AccessKind Kind>
  [[gnu::noinline]] T read_translating(LinearAddress address, Privilege privilege) {
    const auto operand = translate_data(address, sizeof(T), Kind, privilege);
    spend_beyond_first_cycle<T>(address);
    return load<T>(operand);
  }
  template <BusWidth T>
  [[gnu::always_inline]] T load(const typename Unit::Operand& operand) {
    if (operand.first_bytes == sizeof(T)) return memory_.template read<T>(operand.first);
    u32 value = 0;
    for (u32 i = 0; i < sizeof(T); ++i) {
      value |= u32{memory_.template read<u8>(operand.byte(i))} << (8 * i);
    }
    return static_cast<T>(value);
  }

  template <BusWidth T>
  void write_slow(LinearAddress address, T value, Privilege privilege) {
    if (u8* at = use<AccessKind::Write>(address, sizeof(T), privilege)) {
      ++state_.shadow.data().matches;
      spend_beyond_first_cycle<T>(address);
      std::memcpy(at, &value, sizeof(T));
      return;
    }
    write_translating<T>(address, value, privilege);
  }
  template <BusWidth T>
  [[gnu::noinline]] void write_translating(LinearAddress address, T value, Privilege privilege) {
    const auto operand = translate_data(address, sizeof(T), AccessKind::Write, privilege);
    spend_beyond_first_cycle<T>(address);
    store<T>(operand, value);
  }
  template <BusWidth T>
  [[gnu::always_inline]] void store(const typename Unit::Operand& operand, T value) {
    if (operand.first_bytes == sizeof(T)) return memory_.template write<T>(operand.first, value);
    for (u32 i = 0; i < sizeof(T); ++i) {
      memory_.template write<u8>(operand.byte(i), static_cast<u8>(value >> (8 * i)));
    }
  }

  // Accesses that are told step by step go to the paging unit every time, which for one that a slot
  // answers changes nothing but where it is counted.
  template <BusWidth T>
  auto translate_told(LinearAddress address, AccessKind kind, Privilege privilege) {
    const auto& shadow = state_.shadow.data();
    const ShadowRecord& record = shadow.slot(address);
    const bool idle = kind == AccessKind::Write
                          ? shadow.template allows_aligned<&ShadowRecord::write_tag>(
                                record, address, sizeof(T), index(privilege))
                          : shadow.template allows_aligned<&ShadowRecord::read_tag>(
                                record, address, sizeof(T), index(privilege));
    if (idle) return this->translate_operand(address, sizeof(T), kind, privilege);
    const auto operand = translate_data(address, sizeof(T), kind, privilege);
    spend_beyond_first_cycle<T>(address);
    return operand;
  }
  template <BusWidth T>
  void tell_access(MicroEvent role, AccessKind kind, LinearAddress address, Privilege privilege,
                   const typename Unit::Operand& operand, T before, T value) {
    observer_.data(kind, address, sizeof(T), value);
    MicroStep step;
    step.what = role;
    step.kind = kind;
    step.user = privilege == Privilege::User;
    step.bytes = sizeof(T);
    step.first_bytes = static_cast<u8>(operand.first_bytes);
    step.linear = address;
    step.physical = operand.first;
    step.second = operand.second;
    step.value = value;
    step.before = before;
    this->tell(step);
  }
  template <BusWidth T, AccessKind Kind>
  [[gnu::noinline]] T told_read(LinearAddress address, Privilege privilege, MicroEvent role) {
    const auto operand = translate_told<T>(address, Kind, privilege);
    const T value = load<T>(operand);
    tell_access<T>(role, AccessKind::Read, address, privilege, operand, 0, value);
    return value;
  }
  template <BusWidth T>
  [[gnu::noinline]] void told_write(LinearAddress address, T value, Privilege privilege,
                                    MicroEvent role) {
    const auto operand = translate_told<T>(address, AccessKind::Write, privilege);
    T before = 0;
    for (u32 i = 0; i < sizeof(T); ++i) {
      u8 byte;
      memory_.read_bytes(operand.byte(i), {&byte, 1});
      before = static_cast<T>(before | T{byte} << 8 * i);
    }
    store<T>(operand, value);
    tell_access<T>(role, AccessKind::Write, address, privilege, operand, before, value);
  }

  [[no_unique_address]] Observer observer_;
  LinearAddress code_page_{};  // of the last translate_code
};

}  // namespace faultline
