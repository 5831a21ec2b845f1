// Loading segment registers from descriptors. [386 §6.3, §6.4] [386 §17.2.2 MOV, LSS]
#pragma once

#include <algorithm>

#include "cpu/interpreter/core.hpp"
#include "cpu/interpreter/tell.hpp"
#include "mmu/segmentation_unit.hpp"

namespace faultline {

template <Timing t, class O>
void Core<t, O>::require_permitted(unsigned segment, u32 offset, unsigned bytes, bool write) {
  if (!permits(s.segment[segment], offset, bytes, write))
    raise(segment == SS ? Vector::SS : Vector::GP, 0);
}

/// An access that the precomputed limits did not clear: decide by the full rules. The segment is
/// checked first, then the alignment, then the page. [486 §6.5, §9.9.16]
template <Timing t, class O>
void Core<t, O>::closer_look(unsigned segment, u32 offset, unsigned bytes, bool write) {
  require_permitted(segment, offset, bytes, write);
  check_alignment({s.segment[segment].base + offset}, bytes);
}

/// Linear address of a descriptor, or nothing beyond its table's limit. [386 §5.1.3]
template <Timing t, class O>
inline std::optional<u32> Core<t, O>::descriptor_address(Selector selector) const {
  const u32 offset = selector.offset();
  if (selector.local()) {
    if (!s.ldtr.usable() || offset + 7 > s.ldtr.limit) return std::nullopt;
    return s.ldtr.base + offset;
  }
  if (offset + 7 > s.gdtr.limit) return std::nullopt;
  return s.gdtr.base + offset;
}

template <Timing t, class O>
inline Descriptor Core<t, O>::read_descriptor(u32 address, MicroEvent role) {
  Descriptor d;
  if (const u8* at =
          mmu.template span<AccessKind::Read>({address}, sizeof d, Privilege::Supervisor, 2)) {
    std::memcpy(&d, at, sizeof d);
    return d;
  }
  d.low = read_system<u32>(address, role);
  d.high = read_system<u32>(address + 4, role);
  return d;
}

/// The descriptor of a selector that must lie inside its table, else `vector(error)`.
template <Timing t, class O>
inline Descriptor Core<t, O>::fetch_descriptor(Selector selector, Vector vector, u32 error,
                                               u32& address) {
  const auto found = descriptor_address(selector);
  if (!found) raise(vector, error);
  address = *found;
  return read_descriptor(address, selector.local() ? MicroEvent::LdtRead : MicroEvent::GdtRead);
}

/// Charged on the 486 as its manual says.
template <Timing t, class O>
void Core<t, O>::set_accessed(u32 address, Descriptor& descriptor) {
  descriptor.high |= u32{segment_access::accessed} << 8;
  write_system<u8>(address + 5, descriptor.access(), MicroEvent::DescriptorWrite);
  if (is486()) spend(11);  // [486 §26, "descriptor not yet accessed"]
}

/// A null selector's place is never asked for: learning it changes nothing that a program sees.
template <Timing t, class O>
void Core<t, O>::learn(Known& known, const Descriptor& d) {
  known.of = d;
  load_descriptor(known.cache, {}, d);
  known.data_level = -1;
  if (readable_segment(d) && d.present() && (d.access() & segment_access::accessed) != 0)
    known.data_level = conforming_code(d) ? 3 : static_cast<s32>(d.dpl());
}

/// What memory holds is read each time; what it means is not worked out again.
template <Timing t, class O>
inline void Core<t, O>::load_cache(DescriptorCache& cache, Selector selector, const Descriptor& d) {
  Known& k = known(selector);
  if (!same(k.of, d)) [[unlikely]]
    learn(k, d);
  cache = k.cache;
  cache.selector = selector.value;
  if (s.checks_alignment) cache.close();
}

template <Timing t, class O>
void Core<t, O>::load_real_segment(unsigned number, u16 selector) {
  DescriptorCache& d = s.segment[number];
  load_paragraph(d, selector, virtual8086());
  if (s.checks_alignment) d.close();
}

template <Timing t, class O>
void Core<t, O>::load_stack_segment(u16 raw) {
  const Selector selector{raw};
  if (selector.null()) raise(Vector::GP, 0);
  const u32 error = raw & ~3u;
  u32 address;
  Descriptor d = fetch_descriptor(selector, Vector::GP, error, address);
  if (selector.rpl() != cpl() || !writable_data(d) || d.dpl() != cpl()) raise(Vector::GP, error);
  if (!d.present()) raise(Vector::SS, error);
  mark_accessed(address, d);
  load_cache(s.segment[SS], selector, d);
}

/// MOV or POP to a segment register other than CS, LDS and kin.
template <Timing t, class O>
void Core<t, O>::load_segment(unsigned number, u16 raw) {
  if (paragraph_selectors()) return load_real_segment(number, raw);
  spend_protected();
  if (number == SS) return load_stack_segment(raw);
  const Selector selector{raw};
  if (selector.null()) {
    DescriptorCache& cache = s.segment[number];
    cache.selector = raw;
    cache.access = 0;
    cache.derive();
    return;
  }
  const u32 error = raw & ~3u;
  u32 address;
  Descriptor d = fetch_descriptor(selector, Vector::GP, error, address);
  const Known& k = known(selector);
  const s32 level = static_cast<s32>(std::max(cpl(), selector.rpl()));
  if (!same(k.of, d) || level > k.data_level) [[unlikely]] {
    if (!readable_segment(d) || !data_privilege_allows(d, cpl(), selector.rpl()))
      raise(Vector::GP, error);
    if (!d.present()) raise(Vector::NP, error);
    mark_accessed(address, d);
  }
  load_cache(s.segment[number], selector, d);
}

/// LDTR by LLDT (`vector` #GP) or a task switch (#TS). Null empties it. [386 §17.2.2 LLDT]
template <Timing t, class O>
void Core<t, O>::load_ldt(Selector selector, Vector vector, u32 error) {
  if (selector.null()) {
    s.ldtr.selector = selector.value;
    s.ldtr.access = 0;
    return s.ldtr.derive();
  }
  if (selector.local()) raise(vector, error);
  const Descriptor d = fetch_descriptor(selector, vector, error);
  if (d.is_segment() || d.system_type() != SystemType::LDT) raise(vector, error);
  if (!d.present()) raise(vector == Vector::TS ? Vector::TS : Vector::NP, error);
  load_cache(s.ldtr, selector, d);
}

/// CS with the privilege level execution continues at; SS keeps CPL in its DPL.
template <Timing t, class O>
void Core<t, O>::set_cs(const DescriptorCache& cache, unsigned new_cpl) {
  s.segment[CS] = cache;
  s.segment[CS].selector = static_cast<u16>((cache.selector & ~3u) | new_cpl);
}

/// CPL, PE, VM, CR0.AM or EFLAGS.AC changed. While alignment is checked every segment is closed, so
/// that no access passes without the closer look; the TLB sees what it always sees.
template <Timing t, class O>
void Core<t, O>::privilege_changed() {
  privilege_ = cpl() == 3 ? Privilege::User : Privilege::Supervisor;
  const bool checks =
      s.flags.alignment_check() && (cr0() & cr0::AM) != 0 && privilege_ == Privilege::User;
  if (!checks && !s.checks_alignment) return;
  s.checks_alignment = checks;
  for (DescriptorCache& d : s.segment) {
    d.derive();
    if (checks) d.close();
  }
}

/// After a return to an outer level: data segments it may not use become null. [386 §6.3.4.2]
template <Timing t, class O>
void Core<t, O>::invalidate_inaccessible_segments() {
  for (unsigned number : {ES, DS, FS, GS}) {
    DescriptorCache& cache = s.segment[number];
    const bool conforming = cache.code() && (cache.access & segment_access::conforming) != 0;
    if (cache.dpl < cpl() && cache.usable() && !conforming) {
      cache.selector = 0;
      cache.access = 0;
      cache.derive();
    }
  }
}

/// SS:ESP for a more privileged level, from the current TSS. Its checks are those of a transfer
/// through a gate: #TS with the selector. [386 §6.3.4.1]
template <Timing t, class O>
typename Core<t, O>::InnerStack Core<t, O>::inner_stack(unsigned level, u32 ext) {
  const auto type = static_cast<SystemType>(s.tr.access & 15);
  const bool wide = type == SystemType::TSS32 || type == SystemType::TSS32Busy;
  const u32 slot = wide ? 4 + 8 * level : 2 + 4 * level;
  if (slot + (wide ? 5 : 3) > s.tr.limit) raise(Vector::TS, (s.tr.selector & ~3u) | ext);
  InnerStack stack;
  const LinearAddress at{s.tr.base + slot};
  const u8* host =
      wide ? mmu.template span<AccessKind::Read>(at, 6, Privilege::Supervisor, 2) : nullptr;
  if (host != nullptr) {
    std::memcpy(&stack.esp, host, 4);
    std::memcpy(&stack.ss, host + 4, 2);
  } else {
    stack.esp = wide ? read_system<u32>(at.value, MicroEvent::TssRead)
                     : read_system<u16>(at.value, MicroEvent::TssRead);
    stack.ss = read_system<u16>(at.value + (wide ? 4 : 2), MicroEvent::TssRead);
  }
  const Selector selector{stack.ss};
  const u32 error = (stack.ss & ~3u) | ext;
  if (selector.null()) raise(Vector::TS, ext);
  stack.descriptor = fetch_descriptor(selector, Vector::TS, error, stack.descriptor_address);
  const Descriptor& d = stack.descriptor;
  if (selector.rpl() != level || d.dpl() != level || !writable_data(d)) raise(Vector::TS, error);
  if (!d.present()) raise(Vector::SS, error);
  load_cache(stack.cache, selector, d);
  return stack;
}

/// Pushes onto a stack that is not yet SS:ESP; nothing of the state changes until take().
template <class Core>
class NewStack {
 public:
  NewStack(Core& core, const DescriptorCache& ss, u32 esp, u32 ext, Privilege privilege)
      : core_(core), ss_(ss), esp_(esp), ext_(ext), privilege_(privilege) {}

  template <OperandWidth T>
  void push(T value) {
    const u32 mask = ss_.big ? ~u32{0} : 0xFFFF;
    const u32 top = (esp_ - sizeof(T)) & mask;
    if constexpr (Core::Observer::watching)
      core_.tell_check(SS, ss_, top, sizeof(T), AccessKind::Write);
    if (!permits(ss_, top, sizeof(T), true)) core_.raise(Vector::SS, error());
    core_.mmu.template write<T>(LinearAddress{ss_.base + top}, value, privilege_, MicroEvent::Push);
    esp_ = (esp_ & ~mask) | top;
  }
  /// Pushes of the width of a gate, in order.
  void push_all(bool wide, const u32* values, unsigned count) {
    const u32 bytes = count * sizeof(u32), mask = ss_.big ? ~u32{0} : 0xFFFF;
    const u32 top = (esp_ - bytes) & mask;
    u8* at =
        wide ? core_.template span<AccessKind::Write>(ss_, top, bytes, privilege_, count) : nullptr;
    if (at == nullptr) {
      for (unsigned i = 0; i < count; ++i) push_sized(wide, values[i]);
      return;
    }
    for (unsigned i = 0; i < count; ++i)
      std::memcpy(at + bytes - (i + 1) * sizeof(u32), &values[i], sizeof(u32));
    esp_ = (esp_ & ~mask) | top;
  }
  /// A push of the width of the gate or operand.
  void push_sized(bool wide, u32 value) {
    if (wide)
      push<u32>(value);
    else
      push<u16>(static_cast<u16>(value));
  }
  u32 esp() const { return esp_; }

 private:
  // A fault on the present stack has error 0; on a new one, its selector.
  u32 error() const {
    return ss_.selector == core_.seg(SS).selector ? ext_ : (ss_.selector & ~3u) | ext_;
  }
  Core& core_;
  const DescriptorCache& ss_;
  u32 esp_;
  u32 ext_;
  Privilege privilege_;
};

}  // namespace faultline
