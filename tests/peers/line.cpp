// Reads the image's answers.
#include "tests/peers/line.hpp"

#include <sstream>

namespace faultline::peers {

const std::array<const char*, field_count> field_names = {
    "vector",    "error",    "CR2", "EIP",    "CS",       "EFLAGS", "ESP",   "SS",
    "registers", "segments", "A/D", "tables", "accessed", "slots",  "memory"};

std::optional<Answers> parse_answers(const std::string& text) {
  Answers answers;
  bool ended = false;
  std::istringstream stream(text);
  for (std::string row; std::getline(stream, row);) {
    std::istringstream words(row);
    words >> std::hex;
    std::string kind;
    words >> kind;
    if (kind == "C") {
      Line line;
      words >> line.number >> line.name >> line.circumstances;
      for (u32& value : line.field) words >> value;
      if (!words) return std::nullopt;
      answers.lines.push_back(std::move(line));
    } else if (kind == "B") {
      u32 first = 0;
      Digest digest;
      words >> first >> digest.all >> digest.resume;
      if (!words) return std::nullopt;
      answers.blocks[first] = digest;
    } else if (kind == "end") {
      ended = true;
    }
  }
  if (!ended) return std::nullopt;
  return answers;
}

std::string to_string(const Line& line) {
  std::ostringstream out;
  out << std::hex << line.number << ' ' << line.name << " ring " << line.ring()
      << (line.write_protect() ? " WP" : "");
  for (unsigned f = 0; f < field_count; ++f) out << ' ' << field_names[f] << '=' << line.field[f];
  return out.str();
}

}  // namespace faultline::peers
