// The instruction table as a whole: handlers, LOCK, models.
#include <set>
#include <string>

#include "cpu/interpreter/run_loop.hpp"
#include "tests/unit/cpu/encodings.hpp"
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline {
namespace {

using TestedCore = Core<Timing::None, Unwatched>;

bool has_memory_form(const Form& f) { return is_rm(f.rm()) && !register_only(f.rm()); }
bool has_register_form(const Form& f) { return !memory_only(f.rm()); }

DecodeStatus decoded(const std::vector<u8>& bytes, const char* model = "i486sx",
                     bool protected_mode = true) {
  Instruction insn;
  return decode(bytes, {true, protected_mode}, *find_model(model), insn);
}
std::vector<u8> with_prefix(u8 prefix, std::vector<u8> bytes) {
  bytes.insert(bytes.begin(), prefix);
  return bytes;
}

TEST(Table, EveryRowHasAHandlerForEachOfItsPlaces) {
  for (unsigned row = 0; row < form_count; ++row) {
    const RowHandlers& h = handlers<TestedCore>[row];
    for (unsigned wide : {0u, 1u}) {
      EXPECT_TRUE(h[wide][0] != nullptr || !has_register_form(forms[row])) << row;
      EXPECT_TRUE(h[wide][1] != nullptr || !has_memory_form(forms[row])) << row;
    }
  }
}

TEST(Table, OnlyMemoryDestinationsOfListedInstructionsTakeLock) {  // [386 §11.2] [486 §11.2]
  const std::set<Mnemonic> listed = {
      Mnemonic::ADD, Mnemonic::ADC, Mnemonic::SUB,  Mnemonic::SBB,     Mnemonic::AND, Mnemonic::OR,
      Mnemonic::XOR, Mnemonic::INC, Mnemonic::DEC,  Mnemonic::NOT,     Mnemonic::NEG, Mnemonic::BTS,
      Mnemonic::BTR, Mnemonic::BTC, Mnemonic::XCHG, Mnemonic::CMPXCHG, Mnemonic::CMPXCHG8B,
      Mnemonic::XADD};
  std::set<Mnemonic> locked;
  for (const test::Encoding& e : test::all_encodings()) {
    const Form& form = forms[e.row];
    Instruction plain, insn;
    if (decode(e.bytes, {true, true}, *find_model("compat"), plain) != DecodeStatus::Ok) continue;
    const DecodeStatus status =
        decode(with_prefix(0xF0, e.bytes), {true, true}, *find_model("compat"), insn);
    const bool to_memory = plain.memory && is_rm(form.operands[0]);
    const bool legal = listed.contains(form.mnemonic) && to_memory;
    EXPECT_EQ(status, legal ? DecodeStatus::Ok : DecodeStatus::Invalid)
        << name_of(form.mnemonic) << " row " << e.row;
    if (legal) locked.insert(form.mnemonic);
  }
  EXPECT_EQ(locked, listed);
}

TEST(Table, InstructionsOfTheI486AreInvalidOnTheI386) {  // [486 App. E]
  std::set<Mnemonic> only486;
  for (const test::Encoding& e : test::all_encodings())
    if (decoded(e.bytes) == DecodeStatus::Ok && decoded(e.bytes, "i386dx") != DecodeStatus::Ok)
      only486.insert(forms[e.row].mnemonic);
  std::set<Mnemonic> expected = {Mnemonic::BSWAP,  Mnemonic::CMPXCHG, Mnemonic::INVD,
                                 Mnemonic::INVLPG, Mnemonic::WBINVD,  Mnemonic::XADD,
                                 Mnemonic::MOVTR};  // TR3 to TR5
  // The Alpha variant needs INVLPG whatever the model, and has no test registers.
  if (!std::is_same_v<Paging, PagingI386>) {
    expected.erase(Mnemonic::INVLPG);
    expected.erase(Mnemonic::MOVTR);
  }
  EXPECT_EQ(only486, expected);
}

TEST(Table, ProtectedInstructionsAreInvalidInRealMode) {  // [386 §14.4]
  std::set<Mnemonic> only_protected;
  for (const test::Encoding& e : test::all_encodings())
    if (decoded(e.bytes) == DecodeStatus::Ok &&
        decoded(e.bytes, "i486sx", false) == DecodeStatus::Invalid)
      only_protected.insert(forms[e.row].mnemonic);
  EXPECT_EQ(only_protected, (std::set<Mnemonic>{Mnemonic::ARPL, Mnemonic::LAR, Mnemonic::LLDT,
                                                Mnemonic::LSL, Mnemonic::LTR, Mnemonic::SLDT,
                                                Mnemonic::STR, Mnemonic::VERR, Mnemonic::VERW}));
}

TEST(Table, FifteenBytesAreTheLongestInstruction) {  // [386 §9.8.13]
  std::vector<u8> bytes(14, 0x26);
  bytes.push_back(0x90);
  EXPECT_EQ(decoded(bytes), DecodeStatus::Ok);
  bytes.insert(bytes.begin(), 0x26);
  EXPECT_EQ(decoded(bytes), DecodeStatus::TooLong);
}

}  // namespace
}  // namespace faultline
