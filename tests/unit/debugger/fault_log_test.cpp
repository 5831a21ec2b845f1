// The fault log, on faults that come one by one, nested, across thread switches and without end.
#include "debugger/fault_log.hpp"

#include <gtest/gtest.h>

#include "tests/unit/debugger/fake_guest.hpp"
#include "tests/unit/debugger/image_builder.hpp"

namespace faultline::tests {
namespace {

constexpr u32 handler = FakeGuest::kernel_base + 0x2100;  // MmAccessFault
constexpr u32 trap = FakeGuest::kernel_base + 0x2080;     // KiTrap0E, which calls it
constexpr u32 after_call = trap + 0x20;
constexpr u32 process = 0x80300000, thread = 0x80310000, other_thread = 0x80320000;

class FaultLogTest : public testing::Test {
 protected:
  FaultLogTest() {
    guest_.process(process, 8, "TOUR.EXE");
    guest_.thread(thread, process, 8, 12);
    guest_.thread(other_thread, process, 8, 16);
    guest_.run_thread(thread);
    state_.segment[SS].dpl = 3;
  }
  static std::vector<Module> modules() {
    std::vector<Module> list;
    list.emplace_back("KERNEL.EXE",
                      read_pe_image(build_image({{"_MmAccessFault", 0x100},
                                                 {"_KiTrap0E", 0x80},
                                                 {"_KdDebuggerDataBlock", 0x800, false}})));
    list.emplace_back("TOUR.EXE", read_pe_image(build_image({{"_touch", 0}})), 0x400000);
    list.emplace_back("SHELL.EXE", read_pe_image(build_image({{"_prompt", 0}})), 0x400000);
    return list;
  }

  /// An instruction begins.
  void at(u32 eip, unsigned cpl, u32 esp, u64 clock) {
    state_.eip = eip;
    state_.segment[SS].dpl = static_cast<u8>(cpl);
    state_.general[ESP] = esp;
    state_.clock.now = clock;
    log_.instruction();
  }
  void fault(u32 address, u32 error_code, AccessKind kind = AccessKind::Write) {
    log_.page_fault({{address}, error_code, kind});
  }
  void enter(u32 esp, u64 clock) {
    guest_.dword(esp, after_call);
    at(trap, 0, esp + 40, clock - 1);
    at(handler, 0, esp, clock);
  }
  void leave(u32 esp, u32 status, u64 clock, u32 popped = 4) {
    state_.general[EAX] = status;
    at(after_call, 0, esp + popped, clock);
  }

  FakeGuest guest_;
  State state_;
  std::vector<FaultRecord> records_;
  FaultLog log_{state_, guest_, modules(), [this](const FaultRecord& r) { records_.push_back(r); }};
};

TEST_F(FaultLogTest, ADemandZeroFaultIsFollowedToItsRestart) {
  at(0x402010, 3, 0x12FF00, 1000);
  fault(0x520004, 6);
  enter(0xF0001000, 1050);
  leave(0xF0001000, 0x111, 1400);
  EXPECT_TRUE(records_.empty());  // its cost is not known before the instruction begins again
  at(0x402010, 3, 0x12FF00, 1460);
  ASSERT_EQ(records_.size(), 1u);
  const FaultRecord& r = records_[0];
  EXPECT_EQ(r.cycle, 1000u);
  EXPECT_EQ(r.process, "TOUR.EXE");
  EXPECT_EQ(r.process_id, 8u);
  EXPECT_EQ(r.thread_id, 12u);
  EXPECT_EQ(r.symbol, "TOUR!touch+10");
  EXPECT_EQ(r.status, 0x111u);
  EXPECT_EQ(r.cycles, 460u);
  log_.finish();
  EXPECT_EQ(records_.size(), 1u);
}

TEST_F(FaultLogTest, ARefusalCountsToTheHandlersReturn) {
  at(0x402010, 3, 0x12FF00, 1000);
  fault(0, 4, AccessKind::Read);
  enter(0xF0001000, 1050);
  leave(0xF0001000, 0xC0000005, 1200, 4 + 16);  // stdcall takes four arguments off
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].status, 0xC0000005u);
  EXPECT_EQ(records_[0].cycles, 200u);
}

TEST_F(FaultLogTest, ANestedFaultKeepsItsOwnAnswer) {
  at(0x402010, 3, 0x12FF00, 1000);
  fault(0x520004, 6);
  enter(0xF0001000, 1050);
  at(handler + 8, 0, 0xF0000F80, 1060);
  fault(0xC0001480, 2);
  enter(0xF0000E00, 1100);
  leave(0xF0000E00, 0x111, 1150);
  at(handler + 8, 0, 0xF0000F80, 1170);
  EXPECT_TRUE(records_.empty());  // the outer one was found first and is still open
  leave(0xF0001000, 0x112, 1300);
  at(0x402010, 3, 0x12FF00, 1350);
  ASSERT_EQ(records_.size(), 2u);
  EXPECT_EQ(records_[0].address, 0x520004u);
  EXPECT_EQ(records_[0].status, 0x112u);
  EXPECT_EQ(records_[0].cycles, 350u);
  EXPECT_EQ(records_[1].address, 0xC0001480u);
  EXPECT_EQ(records_[1].status, 0x111u);
  EXPECT_EQ(records_[1].cycles, 110u);
  EXPECT_EQ(records_[1].symbol, "KERNEL!MmAccessFault+8");
}

TEST_F(FaultLogTest, ThreadsDoNotTakeEachOthersAnswers) {
  at(0x402010, 3, 0x12FF00, 1000);
  fault(0x520004, 6);
  enter(0xF0001000, 1050);
  guest_.run_thread(other_thread);  // the first one waits for its page
  at(0x402010, 3, 0x13FF00, 2000);  // the same instruction, by another thread
  fault(0x530004, 6);
  enter(0xF0101000, 2050);
  leave(0xF0101000, 0x111, 2100);
  at(0x402010, 3, 0x13FF00, 2120);
  guest_.run_thread(thread);
  leave(0xF0001000, 0x114, 3000);
  at(0x402010, 3, 0x12FF00, 3020);
  ASSERT_EQ(records_.size(), 2u);
  EXPECT_EQ(records_[0].status, 0x114u);
  EXPECT_EQ(records_[0].thread_id, 12u);
  EXPECT_EQ(records_[1].status, 0x111u);
  EXPECT_EQ(records_[1].thread_id, 16u);
}

TEST_F(FaultLogTest, ACallWithoutAFaultIsNotRecorded) {
  enter(0xF0001000, 50);
  leave(0xF0001000, 0, 60);
  log_.finish();
  EXPECT_TRUE(records_.empty());
}

TEST_F(FaultLogTest, AFaultThatNeverReturnsLeavesUnresolved) {
  at(0x402010, 3, 0x12FF00, 1000);
  fault(0x520004, 6);
  enter(0xF0001000, 1050);
  log_.finish();
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_FALSE(records_[0].status.has_value());
  EXPECT_FALSE(records_[0].cycles.has_value());
}

TEST_F(FaultLogTest, BeforeTheKernelStandsAFaultHasNoProcess) {
  FakeGuest bare;
  bare.dword(FakeGuest::block, 0);
  FaultLog log(state_, bare, modules(), [this](const FaultRecord& r) { records_.push_back(r); });
  state_.eip = trap;
  log.page_fault({{0x1234}, 0, AccessKind::Execute});
  log.finish();
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].process, "");
  EXPECT_EQ(records_[0].symbol, "KERNEL!KiTrap0E");
}

TEST(FaultRecord, IsOneLineOfText) {
  FaultRecord r;
  r.cycle = 1234567;
  r.process = "TOUR.EXE";
  r.eip = 0x402010;
  r.symbol = "TOUR!touch+10";
  r.address = 0x520000;
  r.error_code = 6;
  r.access = AccessKind::Write;
  r.status = 0x111;
  r.cycles = 460;
  EXPECT_EQ(
      to_text(r),
      "     1234567  TOUR.EXE     00402010 TOUR!touch+10                 00520000 write   user "
      "  not present  demand zero (00000111), 460 cycles");
}

TEST(FaultRecord, IsOneLineOfJson) {
  FaultRecord r;
  r.cycle = 7;
  r.process = "A\xFF\"";  // whatever the guest's memory held
  r.error_code = 5;
  EXPECT_EQ(to_json(r),
            R"({"cycle":7,"process":"A)"
            "\xEF\xBF\xBD"
            R"(\"","process_id":0,"thread_id":0,"eip":"0x00000000","symbol":"",)"
            R"("address":"0x00000000","access":"read","mode":"user","error_code":5,)"
            R"("cause":"protection","status":null,"resolution":"unresolved","cycles":null})");
}

TEST(KernelObjects, ListsProcessesAndSurvivesABrokenRing) {
  FakeGuest guest;
  guest.process(0x80300000, 4, "System");
  guest.process(0x80400000, 8, "SHELL.EXE");
  const auto objects = KernelObjects::find(guest, FakeGuest::block);
  ASSERT_TRUE(objects.has_value());
  const auto processes = objects->active_processes();
  ASSERT_EQ(processes.size(), 2u);
  EXPECT_EQ(processes[0].name, "SHELL.EXE");
  EXPECT_EQ(processes[1].id, 4u);
  guest.dword(0x80300000 + 0x98, 0x80400000 + 0x98);  // never comes back to its head
  EXPECT_LE(objects->active_processes().size(), 1024u);
}

}  // namespace
}  // namespace faultline::tests
