// The paging unit: every access that the shadow does not answer. TLB lookup, walk, fault, and the
// upkeep of the shadow. Compiled twice for each paging scheme: for those who watch, and without.
// [386 §5.2, §6.4, §10.6]
#pragma once

#include "mmu/mmu_state.hpp"
#include "mmu/page_walker.hpp"

namespace faultline {

template <PagingScheme P, class Probe = Unprobed>
class PagingUnit : private MapListener {
 public:
  using Geometry = arch::Geometry<P>;

  /// Starts with an empty shadow; watches `memory` for changes of its map. All four must outlive
  /// it.
  PagingUnit(MmuState<P>& state, PhysicalMemory& memory, Clock& clock, FaultSink sink,
             Probe probe = {});
  ~PagingUnit() override;
  PagingUnit(const PagingUnit&) = delete;
  PagingUnit& operator=(const PagingUnit&) = delete;

  /// The physical address of one byte's access. On a fault writes CR2 and leaves through the sink.
  PhysicalAddress translate(LinearAddress address, AccessKind kind, Privilege privilege);

  /// The bytes of an operand: `first_bytes` at `first`, the rest at `second`.
  struct Operand {
    PhysicalAddress first, second;
    u32 first_bytes;

    PhysicalAddress byte(u32 index) const {
      return index < first_bytes ? first + index : second + (index - first_bytes);
    }
  };

  /// An operand of at most a page. Both of its pages are translated before it is touched.
  Operand translate_operand(LinearAddress address, u32 bytes, AccessKind kind, Privilege privilege);

  /// Translates every page of a range, in order, and touches none of its bytes.
  void translate_range(LinearAddress address, u32 bytes, AccessKind kind, Privilege privilege);

  /// A load of CR3. [386 §5.2.5]
  void flush_all();
  /// INVLPG. [486 §26 INVLPG]
  void flush_page(LinearAddress address);
  /// After CR0.PG or CR0.WP changed.
  void drop_shadow();

  /// Both buffers together, with what the shadow answered.
  TlbCounters counters() const;

 protected:
  MmuState<P>& state_;
  PhysicalMemory& memory_;
  Clock& clock_;

  /// A step to whoever watches, when there is somebody.
  void tell(MicroStep step) const requires(Probe::probing) {
    step.clock = clock_.now;
    probe_.listener->micro(step);
  }
  /// Steps are told just now.
  bool telling() const {
    if constexpr (Probe::probing)
      return probe_.on();
    else
      return false;
  }
  /// A fetch that was a hit, made without this unit.
  void tell_fetch(LinearAddress address, Privilege privilege, u8 bits_before) const
      requires(Probe::probing);

 private:
  void on_map_change() override { drop_shadow(); }
  PhysicalAddress translate_unpaged(LinearAddress address, AccessKind kind);
  template <class Tlb, class Shadow>
  PhysicalAddress translate_paged(Tlb& tlb, Shadow& shadow, LinearAddress address, AccessKind kind,
                                  Privilege privilege);
  [[gnu::always_inline]] TlbEntry walk(LinearAddress address, AccessKind kind, Privilege privilege);
  bool permits(const TlbEntry& entry, AccessKind kind, Privilege privilege) const;
  ShadowRecord make_record(const auto& shadow, const TlbEntry& entry, AccessKind kind) const;
  template <class Tlb>
  void tell_lookup(const Tlb& tlb, LinearAddress address, AccessKind kind, Privilege privilege,
                   u8 bits_before) const;
  template <class Tlb>
  void tell_entry(MicroEvent what, const Tlb& tlb, unsigned way, const TlbEntry& entry,
                  bool hit) const;
  template <class Tlb>
  [[gnu::always_inline]] TlbEntry& fill(Tlb& tlb, const TlbEntry& made);

  FaultSink sink_;
  [[no_unique_address]] Probe probe_;
};

}  // namespace faultline
