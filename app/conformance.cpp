// Finding, choosing, running, judging.
#include "app/conformance.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <optional>

#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/guest_disk.hpp"
#include "app/image_copy.hpp"
#include "app/program_disk.hpp"
#include "app/program_model.hpp"
#include "app/serial_input.hpp"
#include "app/session.hpp"
#include "debugger/suggestion.hpp"
#include "app/vmm_watch.hpp"

namespace faultline::app {
namespace {

namespace fs = std::filesystem;

/// The lines of a list that the build left in the folder.
std::vector<std::string> read_list(const fs::path& file) {
  const std::vector<u8> bytes = read_file(file);
  std::vector<std::string> lines;
  std::string line;
  for (const u8 byte : bytes) {
    if (byte != '\n') {
      line += static_cast<char>(byte);
    } else if (!line.empty()) {
      lines.push_back(std::exchange(line, {}));
    }
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

std::string how_it_ended(const RunResult& end) {
  if (end.reason == EndReason::Exit) return fmt::format("it ended with exit code {:08X}", end.code);
  return fmt::format("{}: {}", name_of(end.reason), end.text);
}

}  // namespace

std::vector<std::string> conformance_programs(const fs::path& folder) {
  std::vector<std::string> names = read_list(folder / "programs.txt");
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> choose_programs(const std::vector<std::string>& names,
                                         const std::string& filter) {
  std::vector<std::string> chosen;
  for (const std::string& name : names) {
    if (filter.empty() || fnmatch(filter.c_str(), name.c_str(), 0) == 0) chosen.push_back(name);
  }
  if (chosen.empty()) {
    throw UsageError(fmt::format("no conformance program '{}'{}; there are: {}", filter,
                                 suggestion(filter, names), fmt::join(names, ", ")));
  }
  return chosen;
}

ConformanceRun::Verdict ConformanceRun::verdict() const {
  if (!problems.empty()) return Verdict::EndedWrongly;
  return report.count(KtapResult::Outcome::Failed) != 0 ? Verdict::Failed : Verdict::Passed;
}

ConformanceRun judge_conformance(std::string program, std::string output, const RunResult& end) {
  ConformanceRun run;
  run.program = std::move(program);
  run.output = std::move(output);
  run.report = parse_ktap(run.output);
  run.interrupted = end.reason == EndReason::Requested;
  run.problems = run.report.problems;
  const u32 expected = run.report.count(KtapResult::Outcome::Failed) != 0 ? 1 : 0;
  if (end.reason != EndReason::Exit || end.code != expected) {
    run.problems.insert(run.problems.begin(), how_it_ended(end));
  }
  return run;
}

ConformanceRun run_conformance(const ConformanceOptions& options, const fs::path& folder,
                               const std::string& program) {
  MachineConfig config = options.machine.configuration();
  const fs::path base = options.disks.system_disk();
  TemporaryDirectory scratch;
  const fs::path image = scratch.path() / base.filename();
  copy_image(base, image);
  GuestDisk disk(image);
  for (const std::string& file : read_list(folder / "files.txt")) {
    disk.write(file, read_file(folder / file));
  }
  const fs::path executable = folder / (program + ".exe");
  if (!options.model_given) config.model = &model_for_program(read_file(executable));
  write_boot_options(disk, place_program(disk, executable.string()));
  const std::vector<Module> modules = load_modules(disk, false);
  options.disks.attach(config, open_disk(image.string()), true);
  scratch.remove();

  std::string output;
  config.console_out = [&](u8 byte) { output += static_cast<char>(byte); };
  Machine machine(std::move(config));
  fill_memory(machine.memory(), options.machine.seed);
  std::vector<std::string> violations;
  std::optional<VmmWatch> vmm;
  if (options.check_vmm) {
    vmm.emplace(machine, modules, [&](const std::string& line) {
      violations.push_back("check-vmm: " + line.substr(0, line.find('\n')));
    });
  }
  NoInput input;
  const RunResult end = run_session(
      machine, input, [] { return true; },
      [&](u64 until) {
        if (vmm) vmm->look(until);
      });
  if (vmm) vmm->finish();
  ConformanceRun run = judge_conformance(program, std::move(output), end);
  run.problems.insert(run.problems.end(), violations.begin(), violations.end());
  run.microseconds = machine.microseconds();
  return run;
}

}  // namespace faultline::app
