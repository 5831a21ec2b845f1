// Makes encodings of a row of the instruction table, and register and memory values to run them on.
#pragma once

#include <random>
#include <span>
#include <vector>

#include "cpu/isa/forms.hpp"
#include "tests/differential/outcome.hpp"

namespace faultline::differential {

/// One encoded instruction and what is known of it: independent of our decoder.
struct Encoding {
  unsigned row = 0;
  bool wide = true;  // operand size 32
  bool address32 = true;
  bool memory = false;        // ModRM names memory
  int base = -1, index = -1;  // registers of the address
  unsigned scale = 0;
  u32 displacement = 0;
  unsigned reg = 0, rm = 0;  // of ModRM, or rm of the opcode
  u8 immediate = 0;          // the first immediate byte, where the last operand is one
  bool repeated = false;
  std::vector<u8> bytes{};  // a HLT behind

  const Form& form() const { return forms[row]; }
  unsigned width() const { return form().byte_form() ? 1 : wide ? 4 : 2; }
};

/// True when the row can run here: integer instructions that stay in one segment and level.
bool comparable(const Form& form);

/// True when the row has operands of that size, in that place.
bool exists(const Form& form, bool wide, bool memory);

class CaseGenerator {
 public:
  CaseGenerator(Mode mode, u32 seed) : mode_(mode), random_(seed) {}

  Encoding encode(unsigned row, bool wide, bool memory);
  /// Registers for the encoding. Values its operands take from memory go to `memory`.
  Registers registers(const Encoding& encoding, u8* memory);
  u32 below(u32 limit) { return static_cast<u32>(random_() % limit); }

 private:
  u32 value();  // an edge or a random value of random size
  u32 data_address() { return data_first + 0x1000 + below(0x1800); }
  u32 landing() { return code_first + below(code_start - code_first - 0x10); }
  u32 jump_distance(u32 limit);
  void modrm(Encoding& e, unsigned digit_or_reg);
  void memory16(Encoding& e, std::vector<u8>& out);
  void memory32(Encoding& e, std::vector<u8>& out);
  void immediates(Encoding& e);
  void constrain(const Encoding& e, Registers& r, u8* memory);
  void place_operand(const Encoding& e, Registers& r, u8* memory);

  Mode mode_;
  std::mt19937 random_;
};

}  // namespace faultline::differential
