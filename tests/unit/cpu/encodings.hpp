// Encodings of every row of the instruction table, for tests that go over the whole of it.
#pragma once

#include <vector>

#include "cpu/isa/forms.hpp"

namespace faultline::test {

/// Bytes of one encoding: opcode, ModRM and what follows, padded so that any form is complete.
struct Encoding {
  unsigned row;
  std::vector<u8> bytes;
};

/// Bytes after the opcode, distinct so that a field read at the wrong place shows.
inline void append_tail(std::vector<u8>& bytes) {
  for (u8 b : {0x11, 0x22, 0x33, 0x04, 0x55, 0x66, 0x77, 0x08, 0x19, 0x2A}) bytes.push_back(b);
}

inline std::vector<u8> opcode_bytes(const Form& form) {
  if (form.opcode >> 8 == 0x0F) return {0x0F, static_cast<u8>(form.opcode)};
  return {static_cast<u8>(form.opcode)};
}

/// Every row with every ModRM byte it can carry (and, with SIB addressing, several SIB bytes).
inline std::vector<Encoding> all_encodings() {
  std::vector<Encoding> all;
  for (unsigned row = 0; row < form_count; ++row) {
    const Form& form = forms[row];
    if (!form.modrm()) {
      Encoding e{row, opcode_bytes(form)};
      append_tail(e.bytes);
      all.push_back(e);
      continue;
    }
    for (unsigned modrm = 0; modrm < 256; ++modrm) {
      const unsigned place = modrm >> 6 == 3 ? 1 + (modrm & 7) : 0;
      const unsigned plane = form.opcode >> 8 == 0x0F ? 1 : 0;
      if (opcode_map.row[plane][form.opcode & 0xFF][modrm >> 3 & 7][place] != row) continue;
      const bool may_have_sib = modrm >> 6 != 3 && (modrm & 7) == 4;
      for (u8 sib : {0x24, 0x4D, 0x05, 0xB3, 0xE5}) {
        Encoding e{row, opcode_bytes(form)};
        e.bytes.push_back(static_cast<u8>(modrm));
        if (may_have_sib) e.bytes.push_back(sib);
        append_tail(e.bytes);
        all.push_back(e);
        if (!may_have_sib) break;
      }
    }
  }
  return all;
}

}  // namespace faultline::test
