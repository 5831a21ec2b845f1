// Whatever comes over the line, the server lives, its memory stays small, and gdb is answered
// again.
#include <gtest/gtest.h>

#include <random>

#include "debugger/gdb/server.hpp"
#include "tests/unit/debugger/gdb_fake_target.hpp"

namespace faultline::tests {
namespace {

using Random = std::mt19937;

const std::string words[] = {"?",          "g",          "G",           "p",
                             "P",          "m",          "M",           "X",
                             "Z0,",        "Z1,",        "z2,",         "bs",
                             "bc",         "c",          "C",           "s",
                             "S",          "vCont?",     "vCont;",      "vKill;",
                             "vFile:",     "open:",      "pread:",      "fstat:",
                             "close:",     "D",          "H",           "Hg",
                             "T",          "qC",         "qXfer:",      "features:",
                             "read:",      "osdata:",    "threads:",    "qRcmd,",
                             "qSupported", "qSymbol::",  "1000",        "ffffffff",
                             "0",          "-1",         ",",           ":",
                             ";",          "=",          "t",           "r",
                             "qqemu.",     "PhyMemMode", "target.xml:", "ffffffffffffffff",
                             "tlb:",       "8",          "4b45",        "}"};

std::string random_packet(Random& random) {
  std::string packet;
  for (unsigned n = random() % 9; n != 0; --n) {
    if (random() % 8 == 0) {
      packet += static_cast<char>(random());
    } else {
      packet += words[random() % std::size(words)];
    }
  }
  return packet;
}

/// A line's worth: packets, torn ones, noise.
std::string random_line(Random& random) {
  std::string line;
  for (unsigned n = random() % 40; n != 0; --n) {
    std::string packet = gdb::frame(random_packet(random));
    if (random() % 6 == 0) packet.resize(random() % (packet.size() + 1));
    if (!packet.empty() && random() % 6 == 0)
      packet[random() % packet.size()] = static_cast<char>(random());
    if (random() % 10 == 0) packet.insert(0, random() % 5, static_cast<char>(random()));
    line += packet;
  }
  return line;
}

TEST(GdbFuzz, RandomPacketsAndNoise) {
  for (unsigned seed = 1; seed <= 4000; ++seed) {
    Random random(seed);
    FakeTarget target;
    target.reversible = random() % 2 == 0;
    target.stops.resize(random() % 5);
    Script script(random_line(random));
    script.piece = 1 + random() % 64;
    gdb::Server server(target);
    server.serve(script);
    EXPECT_LE(target.points.size(), 4u);
    Script again(gdb::frame("qC"));
    server.serve(again);
    ASSERT_EQ(again.output, "+$QC8#cc") << "seed " << seed;
  }
}

TEST(GdbFuzz, PureNoise) {
  Random random(7);
  std::string noise(1 << 20, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  FakeTarget target;
  Script script(noise);
  script.piece = 4096;
  gdb::Server server(target);
  server.serve(script);
  EXPECT_LT(script.output.size(), noise.size());
}

}  // namespace
}  // namespace faultline::tests
