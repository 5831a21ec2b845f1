// Registers by number: general, EIP, EFLAGS, selectors, control, debug and test registers.
#include "api/registers.hpp"

using namespace faultline;
using namespace faultline::api;

namespace {

/// The bits of EFLAGS that a model has. [386 §2.3.4] [486 §2.3.4]
u32 known_flags(const Model& model) {
  return eflags::arithmetic | eflags::TF | eflags::IF | eflags::DF | eflags::IOPL | eflags::NT |
         eflags::RF | eflags::VM | (model.family >= 4 ? eflags::AC : 0) |
         (model.has(Identification) ? eflags::ID : 0);
}

int read_register(faultline_engine& engine, int reg, u32& value) {
  State& s = engine.context.state;
  const PagingRegisters& control = engine.context.mmu.registers;
  if (is_general(reg)) {
    value = s.general[reg];
  } else if (const DescriptorCache* segment = segment_of(s, reg)) {
    value = segment->selector;
  } else if (is_debug(reg)) {
    value = s.debug[debug_number(reg)];
  } else if (is_test(reg)) {
    if (!has_test_register(engine.context.model, test_number(reg))) return FAULTLINE_ERROR_REGISTER;
    value = engine.core(engine.phase != Phase::Stopped).test_register(test_number(reg));
  } else {
    switch (reg) {
      case FAULTLINE_EIP:
        value = s.eip;
        break;
      case FAULTLINE_EFLAGS:
        value = s.flags.value();
        break;
      case FAULTLINE_CR0:
        value = control.cr0;
        break;
      case FAULTLINE_CR2:
        value = control.cr2;
        break;
      case FAULTLINE_CR3:
        value = control.cr3;
        break;
      case FAULTLINE_CPL:
        value = s.cpl();
        break;
      default:
        return FAULTLINE_ERROR_REGISTER;
    }
  }
  return FAULTLINE_OK;
}

int load_control(faultline_engine& engine, unsigned number, u32 value) {
  return engine.core(engine.phase != Phase::Stopped).load_control(number, value)
             ? FAULTLINE_OK
             : FAULTLINE_ERROR_VALUE;
}

int write_register(faultline_engine& engine, int reg, u32 value) {
  State& s = engine.context.state;
  if (reg < 0 || reg >= FAULTLINE_REGISTER_COUNT || reg == FAULTLINE_CPL)
    return FAULTLINE_ERROR_REGISTER;
  if (is_general(reg)) {
    s.general[reg] = value;
    return FAULTLINE_OK;
  }
  if (engine.phase == Phase::InInstruction) return FAULTLINE_ERROR_RUNNING;
  if (segment_of(s, reg) != nullptr) {
    if (value > 0xFFFF) return FAULTLINE_ERROR_VALUE;
    return load_selector(engine, reg, static_cast<u16>(value));
  }
  if (is_debug(reg)) {
    engine.core(engine.phase != Phase::Stopped).load_debug(debug_number(reg), value);
    return FAULTLINE_OK;
  }
  if (is_test(reg)) {
    if (!has_test_register(engine.context.model, test_number(reg))) return FAULTLINE_ERROR_REGISTER;
    engine.core(engine.phase != Phase::Stopped).load_test(test_number(reg), value);
    return FAULTLINE_OK;
  }
  switch (reg) {
    case FAULTLINE_EIP:
      s.eip = value;
      return FAULTLINE_OK;
    case FAULTLINE_EFLAGS:
      s.flags.set(value & known_flags(engine.context.model));
      engine.registers_changed();
      return FAULTLINE_OK;
    case FAULTLINE_CR0:
      return load_control(engine, 0, value);
    case FAULTLINE_CR2:
      return load_control(engine, 2, value);
    case FAULTLINE_CR3:
      return load_control(engine, 3, value);
  }
  return FAULTLINE_ERROR_REGISTER;
}

}  // namespace

extern "C" {

int faultline_read_register(faultline_engine* engine, int reg, uint32_t* value) {
  return guarded([&]() -> int {
    if (engine == nullptr || value == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    return read_register(*engine, reg, *value);
  });
}

int faultline_write_register(faultline_engine* engine, int reg, uint32_t value) {
  return guarded([&]() -> int {
    if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    return write_register(*engine, reg, value);
  });
}

}  // extern "C"
