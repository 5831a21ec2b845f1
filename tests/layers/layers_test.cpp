// The tree obeys its layers, and a planted breach is found.
#include "tests/layers/layers.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace faultline::tests {
namespace {

namespace fs = std::filesystem;

std::string describe(const std::vector<Breach>& breaches) {
  std::string text;
  for (const Breach& b : breaches) {
    text += b.file.string() + ":" + std::to_string(b.line) + ": \"" + b.included + "\" " +
            b.reason + "\n";
  }
  return text;
}

TEST(Layers, TheTreeObeysThem) {
  unsigned files = 0;
  const auto breaches = find_breaches(FAULTLINE_SOURCE_DIR, files);
  EXPECT_GT(files, 20u);
  EXPECT_TRUE(breaches.empty()) << describe(breaches);
}

/// A small tree of its own in the temporary directory, gone at the end.
class PlantedTree : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("faultline-layers-" + std::to_string(getpid()));
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void plant(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  std::vector<Breach> breaches() {
    unsigned files = 0;
    return find_breaches(root_, files);
  }
  fs::path root_;
};

TEST_F(PlantedTree, AnIncludeThatPointsDownIsAllowed) {
  plant("cpu/a.cpp", "#include <vector>\n#include \"cpu/a.hpp\"\n#include \"arch/ports.hpp\"\n");
  plant("guest/b.cpp", "#include \"kernel/nt.hpp\"\n");
  EXPECT_TRUE(breaches().empty()) << describe(breaches());
}

TEST_F(PlantedTree, AnIncludeThatPointsUpIsFoundWithItsLine) {
  plant("cpu/a.cpp", "// first line\n  #  include \"machine/bus.hpp\"\n");
  const auto found = breaches();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].file, "cpu/a.cpp");
  EXPECT_EQ(found[0].line, 2u);
  EXPECT_EQ(found[0].included, "machine/bus.hpp");
}

TEST_F(PlantedTree, TheHostNeverIncludesTheGuestNorTheGuestTheHost) {
  plant("debugger/a.cpp", "#include \"kernel/nt.hpp\"\n");
  plant("app/a.cpp", "#include \"firmware/post.hpp\"\n");
  plant("kernel/mm/a.cpp", "#include \"mmu/mmu.hpp\"\n");
  plant("firmware/reset.S", "#include \"tlb/tlb.hpp\"\n");
  plant("arch/a.hpp", "#include \"tlb/tlb.hpp\"\n");
  EXPECT_EQ(breaches().size(), 5u) << describe(breaches());
}

TEST_F(PlantedTree, ProgramsSeeOnlyThePublicHeadersOfTheKernel) {
  plant("guest/a.cpp", "#include \"kernel/mm/pfn.hpp\"\n");
  EXPECT_EQ(breaches().size(), 1u);
}

TEST_F(PlantedTree, APathThatIsNotFromTheRootIsFound) {
  plant("mmu/a.cpp", "#include \"page_walker.hpp\"\n#include \"../arch/ports.hpp\"\n");
  EXPECT_EQ(breaches().size(), 2u);
}

}  // namespace
}  // namespace faultline::tests
