// Writing registers from outside, between two instructions: hidden parts follow, the engine is
// told.
#include <algorithm>
#include <array>
#include <optional>

#include "cpu/x87/environment.hpp"
#include "debugger/gdb/register_places.hpp"
#include "debugger/gdb/registers.hpp"
#include "mmu/peek.hpp"
#include "mmu/segmentation_unit.hpp"

namespace faultline::gdb {
namespace {

u64 load(std::span<const u8> from) {
  u64 value = 0;
  for (std::size_t i = 0; i < from.size() && i < 8; ++i) value |= u64{from[i]} << 8 * i;
  return value;
}

DescriptorCache& segment_of(State& state, unsigned index) {
  return const_cast<DescriptorCache&>(gdb::segment_of(const_cast<const State&>(state), index));
}

/// The bits of EFLAGS that a model has. [386 §2.3.4] [486 §2.3.4]
u32 known_flags(const Model& model) {
  return eflags::arithmetic | eflags::TF | eflags::IF | eflags::DF | eflags::IOPL | eflags::NT |
         eflags::RF | eflags::VM | (model.family >= 4 ? eflags::AC : 0) |
         (model.has(Identification) ? eflags::ID : 0);
}

std::optional<Descriptor> find_descriptor(const CpuContext& context, Selector selector) {
  const State& s = context.state;
  if (selector.local() && !s.ldtr.usable()) return std::nullopt;
  const u32 base = selector.local() ? s.ldtr.base : s.gdtr.base;
  const u32 limit = selector.local() ? s.ldtr.limit : s.gdtr.limit;
  if (selector.offset() + 7 > limit) return std::nullopt;
  const Peek<Paging> peek(context.mmu.registers, context.memory);
  const auto low = peek.read<u32>({base + selector.offset()});
  const auto high = peek.read<u32>({base + selector.offset() + 4});
  return low && high ? std::optional<Descriptor>({*low, *high}) : std::nullopt;
}

bool fits(unsigned index, const Descriptor& d) {
  if (!d.present()) return false;
  switch (index) {
    case CS:
      return d.is_code();
    case SS:
      return writable_data(d);
    case ldtr_number:
      return !d.is_segment() && d.system_type() == SystemType::LDT;
    case tr_number:
      return !d.is_segment() && (d.type() & 5) == 1;  // busy or not
    default:
      return readable_segment(d);
  }
}

/// As an instruction would load it, privilege apart. [386 §6.3]
bool load_selector(CpuContext& context, unsigned index, u64 value) {
  if (value > 0xFFFF) return false;
  State& s = context.state;
  const Selector selector{static_cast<u16>(value)};
  const bool system = index == ldtr_number || index == tr_number;
  const bool virtual8086 = s.flags.virtual8086();
  if (!system && ((context.mmu.registers.cr0 & cr0::PE) == 0 || virtual8086)) {
    load_paragraph(segment_of(s, index), selector.value, virtual8086);
    return true;
  }
  if (selector.null()) {
    if (index == CS || index == SS || index == tr_number) return false;
    segment_of(s, index) = {.selector = selector.value};
    return true;
  }
  if (system && selector.local()) return false;
  const auto descriptor = find_descriptor(context, selector);
  if (!descriptor || !fits(index, *descriptor)) return false;
  segment_of(s, index) = cache_of(selector, *descriptor);
  if (index == tr_number) segment_of(s, index).access |= 2;  // busy [386 §7.2]
  return true;
}

bool write_attributes(DescriptorCache& cache, u64 value) {
  cache.access = static_cast<u8>(value >> attributes::access_shift);
  cache.dpl = cache.access >> segment_access::DPL_shift & 3;
  cache.big = (value & attributes::big) != 0;
  cache.derive();
  return true;
}

bool write_float_word(X87State& x87, unsigned index, u64 value) {
  std::array<u32, 8> words;
  for (unsigned i = 0; i < words.size(); ++i) words[i] = float_word(x87, i);
  words[index] = static_cast<u32>(value);
  const auto word = [&words](FloatWord which) { return words[static_cast<unsigned>(which)]; };
  const x87::Environment image{
      word(FloatWord::Control) & 0xFFFF,
      word(FloatWord::Status) & 0xFFFF,
      word(FloatWord::Tags) & 0xFFFF,
      word(FloatWord::InstructionOffset),
      (word(FloatWord::InstructionSelector) & 0xFFFF) | (word(FloatWord::Opcode) & 0x7FF) << 16,
      word(FloatWord::OperandOffset),
      word(FloatWord::OperandSelector) & 0xFFFF};
  x87::load_environment(x87, image, x87::Pointers::Protected, true);
  return true;
}

TableRegister table_register(u64 value) {
  return {static_cast<u32>(value >> 16), static_cast<u16>(value)};
}

bool store(CpuContext& context, Engine& engine, const Register& reg, std::span<const u8> from) {
  State& s = context.state;
  const u64 value = load(from);
  switch (reg.place) {
    case Place::General:
      return s.general[reg.index] = static_cast<u32>(value), true;
    case Place::Eip:
      return s.eip = static_cast<u32>(value), true;
    case Place::Eflags:
      return s.flags.set(static_cast<u32>(value) & known_flags(context.model)), true;
    case Place::Selector:
      return load_selector(context, reg.index, value);
    case Place::Base:
      return segment_of(s, reg.index).base = static_cast<u32>(value), true;
    case Place::Limit:
      segment_of(s, reg.index).limit = static_cast<u32>(value);
      return segment_of(s, reg.index).derive(), true;
    case Place::Attributes:
      return write_attributes(segment_of(s, reg.index), value);
    case Place::FloatStack:
      if (context.model.fpu == FpuKind::None) return false;
      s.x87.registers[(s.x87.top + reg.index) & 7] = {load(from.first(8)),
                                                      static_cast<u16>(load(from.subspan(8)))};
      return true;
    case Place::Float:
      return context.model.fpu != FpuKind::None && write_float_word(s.x87, reg.index, value);
    case Place::Gdtr:
      return s.gdtr = table_register(value), true;
    case Place::Idtr:
      return s.idtr = table_register(value), true;
    case Place::Control:
      return engine.load_control(reg.index, static_cast<u32>(value));
    case Place::Debug:
      return engine.load_debug(reg.index, static_cast<u32>(value)), true;
    case Place::Cpl:
    case Place::Clock:
    case Place::Instructions:
      return false;
  }
  return false;
}

}  // namespace

bool write_register(CpuContext& context, Engine& engine, const Register& reg,
                    std::span<const u8> value) {
  std::array<u8, 10> now{};
  const auto old = std::span<u8>(now).first(reg.bytes());
  read_register(context, reg, old);
  if (std::ranges::equal(old, value)) return true;
  if (!store(context, engine, reg, value)) return false;
  engine.state_changed();
  return true;
}

}  // namespace faultline::gdb
