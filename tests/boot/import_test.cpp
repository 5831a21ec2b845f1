// Programs that import what is not there: named on standard error, and the exit code says which
// kind.
#include <gtest/gtest.h>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

struct Case {
  const char* name;
  const char* definition;  // of the import library
  std::uint32_t code;
  const char* says;
};

constexpr const char* source = R"(
__declspec(dllimport) void __stdcall missing(void);
void start(void) { missing(); }
)";

/// missing() comes from what `definition` describes.
nlohmann::json run(const Scratch& scratch, const char* definition, Outcome& outcome) {
  const std::string library = scratch.path("libmissing.a"), program = scratch.path("imports.exe");
  const Outcome made = run_command("i686-w64-mingw32-dlltool",
                                   {"-d", scratch.file("missing.def", definition), "-l", library});
  EXPECT_EQ(made.status, 0) << made.err;
  const Outcome compiled = run_command("i686-w64-mingw32-gcc",
                                       {"-march=i386", "-nostdlib", "-Wl,-e,_start",
                                        scratch.file("imports.c", source), library, "-o", program});
  EXPECT_EQ(compiled.status, 0) << compiled.err;
  outcome = faultline({"run", "--result", scratch.path("result"), program});
  return scratch.json("result");
}

class Imports : public testing::TestWithParam<Case> {};

TEST_P(Imports, WhatIsMissingIsNamed) {
  const Scratch scratch;
  Outcome outcome;
  EXPECT_EQ(run(scratch, GetParam().definition, outcome)["code"], GetParam().code);
  EXPECT_NE((outcome.out + outcome.err).find(GetParam().says), std::string::npos)
      << outcome.out << outcome.err;
}

INSTANTIATE_TEST_SUITE_P(
    , Imports,
    testing::Values(Case{"Library", "LIBRARY nosuch.dll\nEXPORTS\n  missing@0\n", 0xC0000135,
                         "IMPORTS.EXE: cannot find nosuch.dll"},
                    Case{"Function", "LIBRARY kernel32.dll\nEXPORTS\n  missing@0\n", 0xC0000139,
                         "IMPORTS.EXE: kernel32.dll does not export missing"},
                    Case{"Ordinal", "LIBRARY kernel32.dll\nEXPORTS\n  missing@0 @9999 NONAME\n",
                         0xC0000138, "IMPORTS.EXE: kernel32.dll does not export ordinal 9999"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace faultline::tests
