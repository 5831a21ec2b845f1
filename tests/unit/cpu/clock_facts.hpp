// The facts of clock_facts.csv: what the manuals print and the microcode counts, form by form.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "cpu/isa/forms.hpp"
#include "cpu/model.hpp"

namespace faultline::test {

struct ClockFact {
  unsigned opcode = 0;  // 00-FF, or 0F00 + the second byte
  int digit = -1;
  std::string form;  // as the manual writes it
  /// By column, figures by place: reg, mem, any, pm, taken, ...
  std::map<ClockColumn, std::map<std::string, unsigned>> figures{};

  /// The row of the instruction table.
  unsigned row() const {
    const unsigned plane = opcode >> 8 == 0x0F ? 1 : 0, code = opcode & 0xFF;
    if (digit < 0) return opcode_map.any[plane][code];
    const unsigned memory = opcode_map.row[plane][code][static_cast<unsigned>(digit)][0];
    return memory != no_form ? memory
                             : opcode_map.row[plane][code][static_cast<unsigned>(digit)][1];
  }
};

inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream in(text + separator);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

/// `source` is the root of the source tree.
inline std::vector<ClockFact> read_clock_facts(const std::string& source) {
  std::ifstream in(source + "/tests/unit/cpu/clock_facts.csv");
  if (!in) throw std::runtime_error("clock_facts.csv is missing");
  std::vector<ClockFact> all;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const std::vector<std::string> cells = split(line, '|');
    ClockFact fact;
    fact.opcode = static_cast<unsigned>(std::stoul(cells.at(0), nullptr, 16));
    if (!cells.at(1).empty()) fact.digit = std::stoi(cells[1]);
    fact.form = cells.at(2);
    const ClockColumn columns[] = {ClockColumn::I386, ClockColumn::I386Microcode,
                                   ClockColumn::I486};
    for (unsigned i = 0; i < 3; ++i) {
      for (const std::string& figure : split(cells.at(3 + i), ' ')) {
        const auto equals = figure.find('=');
        if (equals == std::string::npos) continue;
        fact.figures[columns[i]][figure.substr(0, equals)] =
            static_cast<unsigned>(std::stoul(figure.substr(equals + 1)));
      }
    }
    all.push_back(fact);
  }
  return all;
}

}  // namespace faultline::test
