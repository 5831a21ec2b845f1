// The table of registers, and how each is read.
#include "debugger/gdb/registers.hpp"

#include <algorithm>
#include <cstring>

#include "cpu/x87/environment.hpp"
#include "debugger/gdb/register_places.hpp"

namespace faultline::gdb {
namespace {

/// gdb's order of the segment registers; the last two by the numbers of register_places.hpp.
constexpr unsigned segments_in_order[] = {CS, SS, DS, ES, FS, GS, ldtr_number, tr_number};
const char* const segment_names[] = {"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"};

std::vector<Register> make_core() {
  std::vector<Register> rows;
  const char* const general[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
  for (unsigned i = 0; i < 8; ++i) {
    rows.push_back(
        {general[i], 32, i == ESP || i == EBP ? "data_ptr" : "int32", "", Place::General, i});
  }
  rows.push_back({"eip", 32, "code_ptr", "", Place::Eip});
  rows.push_back({"eflags", 32, "i386_eflags", "", Place::Eflags});
  for (const unsigned i : segments_in_order) {
    if (i < segment_register_count)
      rows.push_back({segment_names[i], 32, "int32", "", Place::Selector, i});
  }
  for (unsigned i = 0; i < 8; ++i) {
    rows.push_back({"st" + std::to_string(i), 80, "i387_ext", "", Place::FloatStack, i});
  }
  const char* const control[] = {"fctrl", "fstat", "ftag",  "fiseg",
                                 "fioff", "foseg", "fooff", "fop"};
  for (unsigned i = 0; i < 8; ++i)
    rows.push_back({control[i], 32, "int", "float", Place::Float, i});
  return rows;
}

void add_system(std::vector<Register>& rows) {
  const auto add = [&rows](std::string name, unsigned bits, const char* type, Place place,
                           unsigned index = 0) {
    rows.push_back({std::move(name), bits, type, "system", place, index});
  };
  for (const unsigned i : segments_in_order) {
    const std::string name = segment_names[i];
    if (i >= segment_register_count) add(name, 16, "uint16", Place::Selector, i);
    add(name + "_base", 32, "data_ptr", Place::Base, i);
    add(name + "_limit", 32, "uint32", Place::Limit, i);
    add(name + "_attributes", 32, "segment_attributes", Place::Attributes, i);
  }
  add("gdtr", 48, "table_register", Place::Gdtr);
  add("idtr", 48, "table_register", Place::Idtr);
  add("cr0", 32, "i386_cr0", Place::Control, 0);
  add("cr2", 32, "data_ptr", Place::Control, 2);
  add("cr3", 32, "i386_cr3", Place::Control, 3);
  for (const unsigned i : {0u, 1u, 2u, 3u, 6u, 7u}) {
    const char* type = i == 6 ? "i386_dr6" : i == 7 ? "i386_dr7" : "data_ptr";
    add("dr" + std::to_string(i), 32, type, Place::Debug, i);
  }
  add("cpl", 8, "uint8", Place::Cpl);
  add("clock", 64, "uint64", Place::Clock);
  add("instructions", 64, "uint64", Place::Instructions);
}

void store(std::span<u8> to, u64 value) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<u8>(i < 8 ? value >> 8 * i : 0);
}

}  // namespace

std::span<const Register> registers() {
  static const std::vector<Register> rows = [] {
    std::vector<Register> all = make_core();
    add_system(all);
    return all;
  }();
  return rows;
}

const DescriptorCache& segment_of(const State& state, unsigned index) {
  return index == ldtr_number ? state.ldtr : index == tr_number ? state.tr : state.segment[index];
}

/// G is not kept in a cache; a limit beyond 1 MB had it. [386 §5.1.1]
u32 attributes_of(const DescriptorCache& cache) {
  return u32{cache.access} << attributes::access_shift | (cache.big ? attributes::big : 0) |
         (cache.limit > 0xFFFFF ? attributes::granular : 0);
}

u32 float_word(const X87State& x87, unsigned index) {
  switch (static_cast<FloatWord>(index)) {
    case FloatWord::Control:
      return x87.control.value;
    case FloatWord::Status:
      return x87.status_word();
    case FloatWord::Tags:
      return x87::tag_word(x87);
    case FloatWord::InstructionSelector:
      return x87.instruction_selector;
    case FloatWord::InstructionOffset:
      return x87.instruction_offset;
    case FloatWord::OperandSelector:
      return x87.operand_selector;
    case FloatWord::OperandOffset:
      return x87.operand_offset;
    case FloatWord::Opcode:
      return x87.opcode;
  }
  return 0;
}

void read_register(const CpuContext& context, const Register& reg, std::span<u8> to) {
  const State& s = context.state;
  const bool no_fpu = context.model.fpu == FpuKind::None;
  const auto table = [](const TableRegister& r) { return u64{r.base} << 16 | r.limit; };
  switch (reg.place) {
    case Place::General:
      return store(to, s.general[reg.index]);
    case Place::Eip:
      return store(to, s.eip);
    case Place::Eflags:
      return store(to, s.flags.value());
    case Place::Selector:
      return store(to, segment_of(s, reg.index).selector);
    case Place::Base:
      return store(to, segment_of(s, reg.index).base);
    case Place::Limit:
      return store(to, segment_of(s, reg.index).limit);
    case Place::Attributes:
      return store(to, attributes_of(segment_of(s, reg.index)));
    case Place::FloatStack: {
      const x87::Extended& st = s.x87.registers[(s.x87.top + reg.index) & 7];
      store(to, no_fpu ? 0 : st.significand);
      if (!no_fpu) store(to.subspan(8), st.sign_exponent);
      return;
    }
    case Place::Float:
      return store(to, no_fpu ? 0 : float_word(s.x87, reg.index));
    case Place::Gdtr:
      return store(to, table(s.gdtr));
    case Place::Idtr:
      return store(to, table(s.idtr));
    case Place::Control: {
      const PagingRegisters& r = context.mmu.registers;
      return store(to, reg.index == 0 ? r.cr0 : reg.index == 2 ? r.cr2 : r.cr3);
    }
    case Place::Debug:
      return store(to, s.debug[reg.index]);
    case Place::Cpl:
      return store(to, s.cpl());
    case Place::Clock:
      return store(to, s.clock.now);
    case Place::Instructions:
      return store(to, s.instructions);
  }
}

}  // namespace faultline::gdb
