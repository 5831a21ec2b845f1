// faultline check-vmm: one program runs, and the memory manager is checked at random moments. The
// program runs twice, each time the same to the clock: first to learn how long it takes.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <random>

#include "app/command_line.hpp"
#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/disk_options.hpp"
#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/image_copy.hpp"
#include "app/machine_options.hpp"
#include "app/outcome.hpp"
#include "app/program_disk.hpp"
#include "app/terminal.hpp"
#include "app/vmm_report.hpp"
#include "debugger/vmm_probe.hpp"

namespace faultline::app {
namespace {

namespace fs = std::filesystem;

struct CheckOptions {
  MachineOptions machine;
  DiskOptions disks;
  unsigned points = 100;
  bool json = false;
};

/// A machine with disk images that stay as they are.
class Subject {
 public:
  Subject(const MachineOptions& options, const DiskOptions& disks, const fs::path& image,
          u32 data_block) {
    MachineConfig config = options.configuration();
    disks.attach(config, open_disk_overlay(image.string()), true);
    config.serial_out = [this](u8 byte) { console_.add(byte); };
    machine_.emplace(std::move(config));
    fill_memory(machine_->memory(), options.seed);
    probe_.emplace(*machine_, data_block);
  }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  Machine& machine() { return *machine_; }
  VmmProbe& probe() { return *probe_; }
  std::string console() const { return console_.text(); }

 private:
  OutputTail console_;
  std::optional<Machine> machine_;
  std::optional<VmmProbe> probe_;
};

/// The first clock at which the memory manager is up, and the last one.
struct Span {
  u64 first = 0, end = 0;
};

RunResult measure(Subject& subject, Span& span) {
  constexpr unsigned slices_a_second = 100;
  const u64 slice = subject.machine().context().model.clock_hz / slices_a_second;
  for (;;) {
    const RunResult result = subject.machine().run_for(pending_signal() == 0 ? slice : 0);
    span.end = result.clocks;
    if (span.first == 0 && subject.probe().moment() != VmmMoment::NotUp) span.first = result.clocks;
    if (result.ended() || pending_signal() != 0) return result;
  }
}

std::vector<u64> choose_points(const Span& span, unsigned count, u64 seed) {
  std::mt19937_64 random(seed);
  std::vector<u64> points(count);
  for (u64& point : points) point = span.first + random() % (span.end - span.first);
  std::sort(points.begin(), points.end());
  return points;
}

void check_points(Subject& subject, const std::vector<u64>& points, VmmReport& report) {
  constexpr unsigned points_a_line = 16;  // of progress
  const bool progress = isatty(STDERR_FILENO) != 0;
  Machine& machine = subject.machine();
  VmmProbe& probe = subject.probe();
  for (const u64 point : points) {
    if (pending_signal() != 0) break;
    if (machine.clocks() < point) machine.run_for(point - machine.clocks());
    const auto found = probe.check_next();
    if (!found) break;
    report.add(machine.clocks(), *found,
               [](const std::string& line) { std::fputs(line.c_str(), stdout); });
    if (progress && probe.checks() % points_a_line == 0) {
      fmt::print(stderr, "\r{} of {} points, {} violations", probe.checks(), points.size(),
                 probe.violations());
    }
  }
  if (progress) fmt::print(stderr, "\r\33[K");
}

void print_summary(const CheckOptions& options, const std::string& program, const Span& span,
                   const VmmProbe& probe, const VmmReport& report) {
  if (options.json) {
    nlohmann::ordered_json json = {{"program", program},
                                   {"first_cycle", span.first},
                                   {"last_cycle", span.end},
                                   {"points", probe.checks()},
                                   {"longest_run_on", probe.longest_run_on()},
                                   {"violations", report.violations()}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("check-vmm: {}, clocks {} to {}, {} points checked, {} violations\n", program,
             span.first, span.end, probe.checks(), probe.violations());
}

int check(const CheckOptions& options, std::vector<std::string> command) {
  if (command.empty()) command = {"tour.exe"};
  const fs::path base = options.disks.system_disk();
  const TemporaryDirectory scratch;
  const fs::path image = scratch.path() / base.filename();
  copy_image(base, image);
  GuestDisk disk(image);
  command[0] = place_program(disk, command[0]);
  write_boot_options(disk, join_command_line(command));
  const auto block = load_modules(disk, false).front().address_of("KdDebuggerDataBlock");
  if (!block) throw InputError("KERNEL.EXE: has no KdDebuggerDataBlock");

  Span span;
  Subject rehearsal(options.machine, options.disks, image, *block);
  const RunResult end = measure(rehearsal, span);
  if (pending_signal() != 0) return interrupted;
  if (span.first == 0 || span.first >= span.end) {
    const int status = conclude(rehearsal.machine(), end, options.machine, rehearsal.console());
    if (status != success) return status;
    throw InputError("the run ended before the kernel's memory manager was up");
  }
  Subject subject(options.machine, options.disks, image, *block);
  VmmReport report(options.json);
  check_points(subject, choose_points(span, options.points, options.machine.seed), report);
  if (pending_signal() != 0) return interrupted;
  print_summary(options, command[0], span, subject.probe(), report);
  if (subject.probe().violations() != 0) return vmm_inconsistent;
  const bool whole = end.reason == EndReason::Exit || end.reason == EndReason::CycleLimit;
  return whole ? success : conclude(rehearsal.machine(), end, options.machine, rehearsal.console());
}

}  // namespace

Command add_check_vmm(CLI::App& app) {
  CLI::App* parser = app.add_subcommand(
      "check-vmm", "Run one program; check the kernel's memory manager at random moments");
  parser->prefix_command();
  parser->footer(
      "faultline check-vmm [OPTIONS] [PROGRAM.EXE [ARGUMENTS...]]\n"
      "Without a program: TOUR.EXE. --seed chooses the moments, too.");
  auto options = std::make_shared<CheckOptions>();
  parser->add_option("--points", options->points, "How many moments")
      ->type_name("N")
      ->check(CLI::Range(1u, 1000000u))
      ->capture_default_str();
  parser->add_flag("--json", options->json, "One JSON object instead of lines");
  options->disks.add_to(*parser,
                        "Disk image, for up to four disks in the order given, which stay as they "
                        "are; the first is the system disk (default: this build's)");
  options->machine.add_to(*parser);
  return {parser, [options, parser] { return check(*options, parser->remaining()); }};
}

}  // namespace faultline::app
