// libFuzzer's entries: the property, and a mutation that knows the instruction table.
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/engines.hpp"
#include "tests/fuzz/program.hpp"

using namespace faultline;

extern "C" std::size_t LLVMFuzzerMutate(u8* data, std::size_t size, std::size_t most);

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  const std::string found = fuzz::disagreement({data, size});
  if (!found.empty()) {
    std::fprintf(stderr, "The engines disagree: %s", found.c_str());
    std::abort();
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(u8* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  std::mt19937 random(seed);
  const std::size_t header = fuzz::header_size();
  const unsigned choice = random() % 8;
  if (choice >= 4 && size >= header) return LLVMFuzzerMutate(data, size, most);
  std::vector<u8> bytes(data, data + size);
  if (choice == 0) {
    bytes = fuzz::random_input(random);
  } else {  // instructions put in, or over what was there
    bytes.resize(std::max(size, header));
    for (unsigned count = 1 + random() % 4; count != 0; --count) {
      const std::vector<u8> made = fuzz::random_instruction(bytes, random);
      const std::size_t at = header + random() % (bytes.size() - header + 1);
      const auto where = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      if (random() % 2 == 0 || bytes.size() - at < made.size())
        bytes.insert(where, made.begin(), made.end());
      else
        std::copy(made.begin(), made.end(), where);
    }
  }
  bytes.resize(std::min(bytes.size(), most));
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}
