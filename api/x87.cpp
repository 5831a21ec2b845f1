// The numeric registers: the environment, and the stack by ST(i). [387 §2.2]
#include "api/engine.hpp"
#include "cpu/x87/environment.hpp"

using namespace faultline;
using namespace faultline::api;
using x87::Pointers;

extern "C" {

int faultline_read_x87(faultline_engine* engine, faultline_x87* out) {
  if (engine == nullptr || out == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  if (engine->context.model.fpu == FpuKind::None) return FAULTLINE_ERROR_REGISTER;
  const X87State& s = engine->context.state.x87;
  for (unsigned i = 0; i < 8; ++i) {
    const x87::Extended& st = s.registers[(s.top + i) & 7];
    out->st[i].significand = st.significand;
    out->st[i].sign_exponent = st.sign_exponent;
  }
  out->control = s.control.value;
  out->status = s.status_word();
  out->tags = x87::tag_word(s);
  out->opcode = s.opcode;
  out->instruction_offset = s.instruction_offset;
  out->operand_offset = s.operand_offset;
  out->instruction_selector = s.instruction_selector;
  out->operand_selector = s.operand_selector;
  return FAULTLINE_OK;
}

int faultline_write_x87(faultline_engine* engine, const faultline_x87* in) {
  if (engine == nullptr || in == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  if (engine->context.model.fpu == FpuKind::None) return FAULTLINE_ERROR_REGISTER;
  if (engine->phase == Phase::InInstruction) return FAULTLINE_ERROR_RUNNING;
  X87State& s = engine->context.state.x87;
  const x87::Environment image{in->control,
                               in->status,
                               in->tags,
                               in->instruction_offset,
                               in->instruction_selector | u32{in->opcode} << 16,
                               in->operand_offset,
                               in->operand_selector};
  x87::load_environment(s, image, Pointers::Protected, true);
  for (unsigned i = 0; i < 8; ++i)
    s.registers[(s.top + i) & 7] = {in->st[i].significand, in->st[i].sign_exponent};
  return FAULTLINE_OK;
}

}  // extern "C"
