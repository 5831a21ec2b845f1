// The checks of the memory manager called by a program that holds the machine: at each pause of a
// run the invariants hold at the next quiescent moment.
#include "debugger/vmm_probe.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/files.hpp"
#include "app/machine_options.hpp"
#include "app/program_disk.hpp"
#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

/// A machine that runs one program of the system disk.
class RunningMachine {
 public:
  explicit RunningMachine(const std::string& command_line, const std::string& options = {}) {
    app::GuestDisk disk(scratch_.system_disk("disk"));
    app::write_boot_options(disk, command_line);
    if (!options.empty()) {
      const std::string text = "options=" + options + " RUN=" + command_line + "\r\n";
      disk.write("BOOT.INI", {reinterpret_cast<const u8*>(text.data()), text.size()});
    }
    const auto kernel = app::load_modules(disk, false).front();
    app::MachineOptions machine_options;
    machine_options.memory = "4M";
    machine_options.firmware = system_firmware();
    MachineConfig config = machine_options.configuration();
    config.disks[0] = open_disk(scratch_.path("disk"));
    machine_.emplace(std::move(config));
    block_ = kernel.address_of("KdDebuggerDataBlock").value();
    probe_.emplace(*machine_, block_);
  }
  Machine& machine() { return *machine_; }
  VmmProbe& probe() { return *probe_; }
  std::optional<VmmSnapshot> snapshot() {
    return take_vmm_snapshot(MachineMemory(machine_->context()), block_);
  }
  /// As if a thread had taken it: a FAST_MUTEX whose count is 0.
  void hold_a_working_set_lock() {
    const CpuContext& context = machine_->context();
    const MachineMemory memory(context);
    const auto data = KernelObjects::find(memory, block_)->data();
    const u32 process =
        *memory.dword(data.mm.working_set_expansion_head) - data.mm.process_working_set_links;
    const Peek<Paging> peek(context.mmu.registers, context.memory);
    const auto at = peek.translate({process + data.mm.process_working_set_lock});
    machine_->memory().write<u32>(at.value(), 0);
  }

 private:
  Scratch scratch_;
  u32 block_ = 0;
  std::optional<Machine> machine_;
  std::optional<VmmProbe> probe_;
};

TEST(VmmProbe, HoldsAtEachPauseOfARun) {
  RunningMachine guest("threads.exe");
  while (guest.probe().moment() == VmmMoment::NotUp) {
    ASSERT_FALSE(guest.machine().run_for(1'000'000).ended());
  }
  RunResult result;
  while (!(result = guest.machine().run_for(777'777)).ended()) {
    const auto found = guest.probe().check_next();
    if (!found) break;
    for (const VmmViolation& violation : *found) ADD_FAILURE() << to_text(violation);
  }
  EXPECT_EQ(guest.machine().run_for(0).code, 0u);
  EXPECT_GT(guest.probe().checks(), 20u);
  EXPECT_GT(guest.probe().longest_run_on(), 0u);
}

/// Half a MB in the middle, four times memory all around it.
TEST(BadMemory, IsLeftAlone) {
  constexpr u32 shift = Geometry<Paging>::page_shift, first = 0x280000 >> shift,
                count = 0x80000 >> shift;
  RunningMachine guest("pressure.exe 1 16",
                       fmt::format("BADMEMORY={:X}-{:x}", first, first + count - 1));
  while (guest.probe().moment() == VmmMoment::NotUp) {
    ASSERT_FALSE(guest.machine().run_for(1'000'000).ended());
  }
  unsigned looks = 0;
  RunResult result;
  while (!(result = guest.machine().run_for(30'000'000)).ended()) {
    const auto found = guest.probe().check_next();
    if (!found) break;
    for (const VmmViolation& violation : *found) ADD_FAILURE() << to_text(violation);
    const auto vmm = guest.snapshot();
    ASSERT_TRUE(vmm);
    ++looks;
    EXPECT_EQ(vmm->lists[page_location::bad].total, count);
    for (u32 frame = first; frame < first + count; ++frame) {
      ASSERT_EQ(vmm->frames[frame].location, page_location::bad);
    }
  }
  EXPECT_EQ(guest.machine().run_for(0).code, 0u);
  EXPECT_GT(looks, 5u);
}

/// A lock that nobody lets go of is told, not waited for.
TEST(VmmProbe, ALockThatStaysHeldIsAViolation) {
  RunningMachine guest("spin.exe 100000");
  while (guest.probe().moment() == VmmMoment::NotUp) {
    ASSERT_FALSE(guest.machine().run_for(1'000'000).ended());
  }
  ASSERT_FALSE(guest.machine().run_for(30'000'000).ended());  // there are processes
  ASSERT_EQ(guest.probe().check_next()->size(), 0u);
  guest.hold_a_working_set_lock();
  EXPECT_EQ(guest.probe().moment(), VmmMoment::Busy);
  const auto found = guest.probe().check_next(1'000'000);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().invariant, "quiescence");
  EXPECT_NE(found->front().expected.find("'s working-set lock"), std::string::npos)
      << found->front().expected;
}

}  // namespace
}  // namespace faultline::tests
