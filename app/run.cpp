// faultline run: one program, on a throw-away copy of the system disk; its console is ours.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "app/command_line.hpp"
#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/disk_options.hpp"
#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/gdb_server.hpp"
#include "app/guest_disk.hpp"
#include "app/image_copy.hpp"
#include "app/machine_options.hpp"
#include "app/outcome.hpp"
#include "app/output.hpp"
#include "app/program_disk.hpp"
#include "app/program_model.hpp"
#include "app/session.hpp"
#include "app/terminal.hpp"
#include "app/trace_options.hpp"
#include "app/vmm_watch.hpp"
#include "debugger/fault_log.hpp"
#include "debugger/fault_summary.hpp"
#include "debugger/machine_memory.hpp"
#include "debugger/observers.hpp"

namespace faultline::app {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
  MachineOptions machine;
  DiskOptions disks;
  TraceOptions traces;
  GdbOptions gdb;
  std::string faults_file;
  bool faults = false, summary = false, json = false, check_vmm = false;
};

/// Where the fault log goes: a file, or standard error.
class FaultOutput {
 public:
  FaultOutput(const std::string& path, bool json) : json_(json) {
    if (!path.empty()) file_.emplace(path);
  }
  void write(const FaultRecord& record) {
    const std::string line = (json_ ? to_json(record) : to_text(record)) + '\n';
    if (file_) {
      file_->write(line);
    } else {
      std::fputs(line.c_str(), stderr);
    }
  }
  bool flush() { return !file_ || file_->flush(); }
  void finish() {
    if (file_) file_->finish();
  }

 private:
  std::optional<Output> file_;
  bool json_;
};

std::unique_ptr<SerialInput> connect_stdin() {
  if (stdin_is_terminal()) return std::make_unique<TerminalInput>(0, false);
  return std::make_unique<PipedInput>(0, PipedInput::ends_typed);
}

int run(const RunOptions& options, bool model_given, const std::vector<std::string>& words) {
  if (words.empty()) throw UsageError("run needs a program; `faultline help run` shows how");
  MachineConfig config = options.machine.configuration();
  const fs::path base = options.disks.system_disk();
  FaultOutput fault_output(options.faults_file, options.json);
  Traces traces(options.traces);
  const bool logged =
      options.faults || !options.faults_file.empty() || (options.json && !options.summary && !options.traces.statistics);
  const bool watched = logged || options.summary;

  TemporaryDirectory scratch;
  const fs::path image = scratch.path() / base.filename();
  copy_image(base, image);
  GuestDisk disk(image);
  std::vector<std::string> command = words;
  command[0] = place_program(disk, words[0]);
  if (!model_given) {
    if (const auto program = disk.read(command[0])) config.model = &model_for_program(*program);
  }
  write_boot_options(disk, join_command_line(command));
  const bool with_gdb = options.gdb.wanted(), line_taken = options.gdb.on_stdio();
  if (with_gdb && options.check_vmm) throw UsageError("--check-vmm and gdb: one of them");
  std::vector<Module> modules = load_modules(disk, watched || traces.wanted() || with_gdb);
  GdbRun gdb_run;
  gdb_run.program = command[0];
  if (with_gdb) {
    gdb_run.modules = modules;
    gdb_run.images = image_reader(disk, base);
  }
  options.disks.attach(config, open_disk(image.string()), true);
  scratch.remove();  // the open image stays; nothing is left behind however we end

  OutputTail system_console;  // what the kernel says on COM1, in case it says why it stopped
  config.serial_out = [&](u8 byte) { system_console.add(byte); };
  config.console_out = [line_taken](u8 byte) {
    if (line_taken) {
      std::fputc(byte, stderr);
    } else {
      put_stdout(byte);
    }
  };
  config.interactive = true;
  Machine machine(std::move(config));
  fill_memory(machine.memory(), options.machine.seed);
  const MachineMemory memory(machine.context());
  std::optional<VmmWatch> vmm;
  if (options.check_vmm) {
    vmm.emplace(machine, modules,
                [](const std::string& line) { std::fputs(line.c_str(), stderr); });
  }
  const Module kernel = modules.front();
  Observers observers;
  traces.attach(machine, memory, modules, observers);
  FaultSummary summary;
  FaultLog log(machine.context().state, memory, std::move(modules), [&](const FaultRecord& record) {
    if (logged) fault_output.write(record);
    if (options.summary) summary.add(record);
  });
  if (watched) observers.add(log);
  const auto flush = [&] { return fault_output.flush() & traces.flush() & flush_stdout(); };
  const auto input = line_taken ? std::make_unique<NoInput>() : connect_stdin();
  RunResult result;
  if (with_gdb) {
    if (!observers.empty()) gdb_run.listener = &observers;
    result = run_with_gdb(options.gdb, gdb_run, machine, *input, flush);
  } else {
    if (!observers.empty()) machine.observe(&observers);
    result = run_session(machine, *input, flush, [&](u64 until) {
      if (vmm) vmm->look(until);
    });
  }
  log.finish();
  const int status = conclude(machine, result, options.machine, system_console.text());
  fault_output.finish();
  traces.finish(machine, result, options.json);
  if (options.summary) {
    summary.read_counters(memory, kernel);
    const std::string text = options.json ? summary.to_json() + '\n' : summary.to_text();
    std::fputs(text.c_str(), stderr);
  }
  if (!vmm) return status;
  vmm->finish();
  fmt::print(stderr, "check-vmm: {} points checked, {} violations\n", vmm->checks(),
             vmm->violations());
  return vmm->violations() == 0 ? status : vmm_inconsistent;
}

/// `faultline run`, and what is the same with other things told at the end.
Command add_program_runner(CLI::App& app, const std::string& name, const std::string& summary,
                           bool statistics) {
  CLI::App* parser = app.add_subcommand(name, summary);
  parser->prefix_command();
  parser->footer("faultline " + name +
                 " [OPTIONS] PROGRAM.EXE [ARGUMENTS...]\n"
                 "PROGRAM.EXE is a PE32 file of this host, or a program on the system disk.");
  auto options = std::make_shared<RunOptions>();
  options->traces.statistics = statistics;
  parser->add_flag("--faults", options->faults, "One line a page fault, on standard error");
  parser->add_flag("--fault-summary", options->summary,
                   "At the end a table on standard error: faults by kind, their cost, counters");
  parser->add_flag("--json", options->json,
                   "The fault log as JSON lines (implies --faults), the summary as JSON");
  parser->add_option("--faults-file", options->faults_file, "The fault log goes to FILE instead")
      ->type_name("FILE")
      ->check(not_empty);
  parser->add_flag("--check-vmm", options->check_vmm,
                   "Check the kernel's memory manager ten times a second and at the end");
  options->gdb.add_to(*parser);
  options->disks.add_to(*parser,
                        "Disk image, for up to four disks in the order given, which stay as they "
                        "are; the first is the system disk (default: this build's)");
  options->traces.add_to(*parser);
  options->machine.add_to(*parser);
  return {parser, [options, parser] {
            return run(*options, parser->count("--cpu") != 0, parser->remaining());
          }};
}

}  // namespace

Command add_run(CLI::App& app) {
  return add_program_runner(app, "run",
                            "Run one Win32 program; its output and exit code become ours", false);
}

Command add_stats(CLI::App& app) {
  return add_program_runner(app, "stats",
                            "Run one program, then tell where its time went, fault by kind, call "
                            "by call, and how each set of the TLB did",
                            true);
}

}  // namespace faultline::app
