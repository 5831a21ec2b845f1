// Comparing field by field, and the text of a difference.
#include "tests/native/comparison.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

#include "cpu/decode/decoder.hpp"

namespace faultline::native {
namespace {

std::string line(const char* name, const Context& c, const Event& e) {
  std::string text = fmt::format("  {}", name);
  for (u32 g : c.general) text += fmt::format(" {:08x}", g);
  text += fmt::format(" eip {:08x} eflags {:05x} seg", c.eip, c.eflags);
  for (u32 s : c.segment) text += fmt::format(" {:04x}", s);
  return text + fmt::format(" vector {} error {:x} cr2 {:08x}\n", e.vector, e.error, e.cr2);
}

std::string disassembly(const Slot& slot) {
  std::string text;
  const bool big = segments()[slot.context.segment[CS] >> 3].big != 0;
  u32 at = 0;
  while (at < slot_code && slot.code[at] != differential::hlt) {
    Instruction insn;
    const std::span<const u8> bytes(slot.code + at, slot_code - at);
    const bool ok = decode(bytes, {big, true}, *find_model("compat"), insn) == DecodeStatus::Ok;
    text += (ok ? disassemble(insn, slot.context.eip + at) : "(invalid)") + "; ";
    if (!ok) break;
    at += insn.length;
  }
  text += "[";
  for (u8 byte : slot.code) text += fmt::format(" {:02x}", byte);
  return text + " ]\n";
}

}  // namespace

void Comparison::add(const Context& context, std::span<const u8> code, const Scope& scope) {
  Slot& before = before_[pending_];
  before.context = context;
  before.code_address = segments()[context.segment[CS] >> 3].base + context.eip;
  std::fill(std::begin(before.code), std::end(before.code), differential::hlt);
  std::copy_n(code.begin(), std::min<std::size_t>(code.size(), slot_code), before.code);
  std::memcpy(before.data, data(), slot_data);
  silicon_.slot(pending_) = before;
  scope_[pending_] = scope;

  Slot& after = after_[pending_];
  after = before;

  ours_.run(after);
  std::memcpy(after.data, data(), slot_data);
  ++cases;
  if (++pending_ == slot_count) flush();
}

void Comparison::flush() {
  if (pending_ == 0) return;
  silicon_.run(pending_);
  std::vector<u32> differ;
  for (u32 i = 0; i < pending_; ++i) {
    const u32 vector = silicon_.slot(i).event.vector;
    if (vector < vectors.size()) ++vectors[vector];
    if (!same(i)) differ.push_back(i);
  }
  for (unsigned again = 0; again < repetitions && !differ.empty(); ++again) {
    std::copy_n(before_.begin(), pending_, &silicon_.slot(0));
    silicon_.run(pending_);
    std::erase_if(differ, [this](u32 i) { return same(i); });
  }
  if (differences == 0 && !differ.empty()) first = describe(differ.front());
  differences += differ.size();
  pending_ = 0;
}

bool Comparison::same(u32 index) {
  const Scope& scope = scope_[index];
  const Slot &ours = after_[index], &theirs = silicon_.slot(index);
  if (ours.event.vector != theirs.event.vector) return false;
  if (!scope.registers) return true;
  if (((ours.event.error ^ theirs.event.error) & scope.error) != 0) return false;
  if (ours.event.vector == test::PF && ours.event.cr2 != theirs.event.cr2) return false;
  const Context &a = ours.context, &b = theirs.context;
  u32 first = scope.memory, end = scope.memory + scope.bytes;
  if (scope.stores_partly && a.eip == before_[index].context.eip)
    end = (a.general[ESP] & 0xFFFF) - differential::data_first, first = end - 8;
  const bool faulted = ours.event.vector == test::SSF || ours.event.vector == test::PF;
  bool general = true;
  for (unsigned i = 0; i < std::size(a.general); ++i) {
    if (scope.loads_partly && faulted && i != ESP) continue;
    const u32 undefined = i == scope.undefined_register ? scope.undefined_bits : 0;
    general = general && ((a.general[i] ^ b.general[i]) & ~undefined) == 0;
  }
  return general && a.eip == b.eip && ((a.eflags ^ b.eflags) & scope.eflags) == 0 &&
         std::ranges::equal(a.segment, b.segment) &&
         std::memcmp(ours.data, theirs.data, first) == 0 &&
         std::memcmp(ours.data + end, theirs.data + end, slot_data - end) == 0;
}

std::string Comparison::describe(u32 index) {
  const Slot &before = before_[index], &ours = after_[index], &theirs = silicon_.slot(index);
  std::string text = disassembly(before);
  text += line("before", before.context, {});
  text += line("ours  ", ours.context, ours.event);
  text += line("host  ", theirs.context, theirs.event);
  text += fmt::format("  eflags compared {:05x}\n", scope_[index].eflags);
  unsigned shown = 0;
  for (u32 i = 0; i < slot_data && shown < 16; ++i) {
    if (ours.data[i] == theirs.data[i]) continue;
    text += fmt::format("  [{:04x}] before {:02x} ours {:02x} host {:02x}\n",
                        differential::data_first + i, before.data[i], ours.data[i], theirs.data[i]);
    ++shown;
  }
  return text;
}

std::string Comparison::summary() const {
  std::string text = fmt::format("{} cases:", cases);
  for (unsigned i = 0; i < vectors.size(); ++i)
    if (vectors[i] != 0) text += fmt::format(" {} #{}", vectors[i], i);
  return text;
}

unsigned case_count() {
  const char* given = std::getenv("FAULTLINE_NATIVE_CASES");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 300;
}

}  // namespace faultline::native
