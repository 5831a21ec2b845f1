#include "tests/fuzz/program.hpp"

#include "cpu/decode/decoder.hpp"
#include "tests/fuzz/image.hpp"
#include "tests/unit/cpu/encodings.hpp"

namespace faultline::fuzz {
namespace {

using Encodings = std::vector<std::vector<u8>>;

const std::vector<Encodings>& encodings_by_row() {
  static const std::vector<Encodings> by_row = [] {
    std::vector<Encodings> made(form_count);
    for (const test::Encoding& each : test::all_encodings()) made[each.row].push_back(each.bytes);
    std::erase_if(made, [](const Encodings& each) { return each.empty(); });
    return made;
  }();
  return by_row;
}

std::vector<u8> jump_back(std::mt19937& random) {
  const u8 opcodes[] = {0xEB, 0xE2, 0xE1, 0x72, 0x75, 0x7C, 0x79, 0x70};
  return {opcodes[random() % std::size(opcodes)], static_cast<u8>(0xFE - random() % 40)};
}

}  // namespace

std::size_t header_size() {
  static const std::size_t size = [] {
    const std::vector<u8> zeros(4096);
    Input input(zeros);
    make_image(read_plan(input), input);
    return zeros.size() - input.rest().size();
  }();
  return size;
}

std::vector<u8> random_instruction(const std::vector<u8>& bytes, std::mt19937& random) {
  if (random() % 12 == 0) return jump_back(random);
  Input input(bytes);
  const Plan plan = read_plan(input);
  const bool big = plan.segments[CS].big;
  for (;;) {
    const Encodings& row = encodings_by_row()[random() % encodings_by_row().size()];
    std::vector<u8> made;
    const u8 prefixes[] = {0x66, 0x67, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0xF0, 0xF2, 0xF3};
    while (random() % 6 == 0) made.push_back(prefixes[random() % std::size(prefixes)]);
    const std::vector<u8>& encoding = row[random() % row.size()];
    made.insert(made.end(), encoding.begin(), encoding.end());
    if (random() % 2 == 0)  // other displacements and immediates than the encoding's
      for (std::size_t i = made.size() - 10; i < made.size(); ++i)
        made[i] = static_cast<u8>(random());
    Instruction insn;
    const DecodeMode mode{.big = big, .protected_mode = !plan.paragraphs()};
    if (decode(made, mode, *plan.model, insn) != DecodeStatus::Ok) continue;
    made.resize(insn.length);
    return made;
  }
}

std::vector<u8> random_input(std::mt19937& random) {
  std::vector<u8> bytes(header_size());
  const unsigned density = random() % 3;  // of what differs from the plain machine
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (i < 2 || random() % 4 < density * 2) bytes[i] = static_cast<u8>(random());
  for (unsigned left = 10 + random() % 150; left != 0; --left) {
    const std::vector<u8> each = random_instruction(bytes, random);
    bytes.insert(bytes.end(), each.begin(), each.end());
  }
  return bytes;
}

}  // namespace faultline::fuzz
