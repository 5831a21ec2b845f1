// faultline run: programs of the disk and of the host, their output, exit codes and page faults.
#include <gtest/gtest.h>

#include <set>

#include "arch/paging_selected.hpp"
#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

constexpr unsigned page_size = arch::Geometry<arch::Paging>::page_size;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Run, AProgramOfTheDiskPrintsAndReturns) {
  const Outcome run = faultline({"run", "hello.exe"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "Hello")) << run.out;
  EXPECT_EQ(faultline({"run", "hello"}).out, run.out);
}

TEST(Run, ArgumentsArriveAsTheyWereGiven) {
  const Outcome run = faultline({"run", "args.exe", "one", "two words", "-x", "a\"b"});
  EXPECT_EQ(run.status, 0) << run.err;
  for (const char* word : {"one", "two words", "-x", "a\"b"}) {
    EXPECT_TRUE(contains(run.out, word)) << run.out;
  }
}

TEST(Run, AnAccessViolationIsTheExitCode) {
  const Scratch scratch;
  const Outcome run = faultline({"run", "--result", scratch.path("result"), "nullread.exe"});
  EXPECT_EQ(run.status, 5) << run.err;
  EXPECT_EQ(scratch.json("result")["code"], 0xC0000005u);
  EXPECT_TRUE(contains(run.err, "C0000005")) << run.err;
}

/// A program as somebody else would write it, with the library of a Windows toolchain.
constexpr const char* by_hand = R"(
#include <windows.h>
static char text[64];
static void put(const char* s) {
  DWORD n = 0, written;
  while (s[n]) ++n;
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), s, n, &written, 0);
}
void start(void) {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  char* page = VirtualAlloc(0, info.dwPageSize, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!page) ExitProcess(1);
  page[info.dwPageSize - 1] = 7;
  put("pages of ");
  int at = 63;
  DWORD n = info.dwPageSize;
  do { text[--at] = '0' + n % 10; n /= 10; } while (n);
  put(text + at);
  put(" bytes\n");
  ExitProcess(40 + page[info.dwPageSize - 1]);
}
)";

TEST(Run, AProgramCompiledByHandRuns) {
  const Scratch scratch;
  const std::string source = scratch.file("by-hand.c", by_hand);
  const std::string program = scratch.path("by-hand-program.exe");
  const Outcome compiled = run_command(
      "i686-w64-mingw32-gcc", {"-march=i386", "-O1", "-nostdlib", "-Wl,--section-alignment=0x2000",
                               "-Wl,-e,_start", source, "-lkernel32", "-o", program});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  const Outcome run = faultline({"run", program});
  EXPECT_EQ(run.status, 47) << run.err;
  EXPECT_EQ(run.out, "pages of " + std::to_string(page_size) + " bytes\n");
}

/// Sections on 4 KB, as every linker lays them out by itself: on pages of 8 KB two share a page.
constexpr const char* on_4_kb = R"(
#include <windows.h>
static const int constants[700] = {[0] = 3, [699] = 4};
static int data[1500] = {[0] = 5, [1499] = 6};
static int zeros[3000];
static int (*volatile entry)(void);
static int look(void) {
  if (constants[0] + constants[699] != 7 || data[0] + data[1499] != 11) return 1;
  for (int i = 0; i < 3000; ++i) if (zeros[i]) return 2;
  return 0;
}
void start(void) {
  MEMORY_BASIC_INFORMATION info;
  entry = look;
  if (entry()) ExitProcess(entry());
  for (int i = 0; i < 1500; ++i) data[i] = i;
  for (int i = 0; i < 3000; ++i) zeros[i] = ~i;
  for (int i = 0; i < 1500; ++i) if (data[i] != i) ExitProcess(3);
  for (int i = 0; i < 3000; ++i) if (zeros[i] != ~i) ExitProcess(4);
  if (constants[0] + constants[699] != 7) ExitProcess(5);
  VirtualQuery((void*)data, &info, sizeof info);
  if (info.Type != MEM_IMAGE || info.AllocationProtect != PAGE_EXECUTE_WRITECOPY) ExitProcess(6);
  ExitProcess(42);
}
)";

TEST(Run, SectionsMayLieOnFourKilobytes) {
  const Scratch scratch;
  const std::string source = scratch.file("small.c", on_4_kb);
  const std::string program = scratch.path("small.exe");
  const Outcome compiled =
      run_command("i686-w64-mingw32-gcc", {"-march=i386", "-O1", "-nostdlib", "-Wl,-e,_start",
                                           source, "-lkernel32", "-o", program});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  const Outcome run = faultline({"run", "--check-vmm", program});
  EXPECT_EQ(run.status, 42) << run.out << run.err;
}

TEST(Run, LeavesTheSystemDiskAndTheTemporaryDirectoryAlone) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.path("tmp"));
  const auto before = std::filesystem::last_write_time(system_disk());
  const Outcome run =
      run_command("env", {"TMPDIR=" + scratch.path("tmp"), FAULTLINE_COMMAND, "run", "hello"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path("tmp")));
  EXPECT_EQ(std::filesystem::last_write_time(system_disk()), before);
}

TEST(Run, TheCycleLimitEndsAProgramThatDoesNot) {
  const Outcome run = faultline({"run", "--cycle-limit", "300000000", "spin.exe", "3600000"});
  EXPECT_EQ(run.status, 83) << run.err;
}

/// The fault log of a program, by way of a file.
std::vector<nlohmann::json> faults_of(const Scratch& scratch, const std::string& program) {
  const Outcome run =
      faultline({"run", "--json", "--faults-file", scratch.path(program + ".jsonl"), program});
  EXPECT_EQ(run.status, program == "nullread.exe" ? 5 : 0) << run.err;
  return scratch.json_lines(program + ".jsonl");
}

TEST(Faults, EveryDemandZeroFaultIsListedOnceInOrder) {
  const Scratch scratch;
  const auto faults = faults_of(scratch, "tour.exe");
  std::set<std::string> seen;
  std::uint64_t last = 0;
  std::vector<std::uint32_t> touched;
  for (const auto& fault : faults) {
    EXPECT_GT(fault["cycle"], last);
    last = fault["cycle"];
    EXPECT_NE(fault["resolution"], "unresolved") << fault;
    if (fault["process"] != "TOUR.EXE" || fault["resolution"] != "demand zero") continue;
    EXPECT_EQ(fault["status"], "0x00000111");
    EXPECT_GT(fault["cycles"], 0);
    const auto address =
        static_cast<std::uint32_t>(std::stoul(std::string(fault["address"]), nullptr, 16));
    // The tour recommits its page 3, which is then new: that page alone may come twice.
    seen.insert(std::to_string(address / page_size));
    if (contains(fault["symbol"], "TOUR!") && fault["mode"] == "user") {
      touched.push_back(address / page_size);
    }
  }
  EXPECT_GE(seen.size(), 8u);
  // Its eight pages are touched in the order of reversed bits: 0 4 2 6 1 5 3 7, then 3 again.
  const std::vector<std::uint32_t> order = {0, 4, 2, 6, 1, 5, 3, 7, 3};
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i + order.size() <= touched.size() && found.empty(); ++i) {
    bool match = true;
    for (std::size_t k = 0; k < order.size(); ++k) {
      match = match && touched[i + k] == touched[i] + order[k];
    }
    if (match) found.assign(touched.begin() + static_cast<long>(i), touched.end());
  }
  EXPECT_EQ(found.size(), order.size());
}

/// Eight stores to new pages, then, after two changes of protection, eight soft faults.
TEST(Faults, APageInTransitionComesBackSoftly) {
  const Scratch scratch;
  std::vector<std::uint32_t> zero, soft;
  for (const auto& fault : faults_of(scratch, "soft.exe")) {
    if (!contains(fault["symbol"], "SOFT!") || fault["mode"] != "user") continue;
    const auto page =
        static_cast<std::uint32_t>(std::stoul(std::string(fault["address"]), nullptr, 16)) /
        page_size;
    if (fault["resolution"] == "demand zero" && fault["access"] == "write") zero.push_back(page);
    if (fault["resolution"] == "transition") {
      EXPECT_EQ(fault["status"], "0x00000110");
      soft.push_back(page);
    }
  }
  ASSERT_GE(zero.size(), 8u);
  ASSERT_EQ(soft.size(), 8u);
  EXPECT_EQ(soft, std::vector<std::uint32_t>(zero.end() - 8, zero.end()));
}

TEST(Faults, TheLogIsTheSameTwice) {
  const Scratch first, second;
  faults_of(first, "tour.exe");
  faults_of(second, "tour.exe");
  EXPECT_FALSE(first.read("tour.exe.jsonl").empty());
  EXPECT_EQ(first.read("tour.exe.jsonl"), second.read("tour.exe.jsonl"));
}

TEST(Faults, ANullPointerIsNamedWithItsInstruction) {
  const Scratch scratch;
  const auto faults = faults_of(scratch, "nullread.exe");
  ASSERT_FALSE(faults.empty());
  bool found = false;
  for (const auto& fault : faults) {
    if (fault["address"] != "0x00000000") continue;
    found = true;
    EXPECT_EQ(fault["process"], "NULLREAD.EXE");
    EXPECT_EQ(fault["access"], "read");
    EXPECT_EQ(fault["mode"], "user");
    EXPECT_EQ(fault["error_code"], 4);
    EXPECT_EQ(fault["resolution"], "access violation");
    EXPECT_TRUE(contains(fault["symbol"], "NULLREAD!")) << fault;
  }
  EXPECT_TRUE(found);
}

TEST(Faults, WatchingDoesNotChangeTheClock) {
  const Scratch scratch;
  faultline({"run", "--result", scratch.path("plain"), "tour.exe"});
  faultline({"run", "--faults", "--result", scratch.path("watched"), "tour.exe"});
  EXPECT_FALSE(scratch.read("plain").empty());
  EXPECT_EQ(scratch.read("plain"), scratch.read("watched"));
}

}  // namespace
}  // namespace faultline::tests
