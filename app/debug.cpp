// faultline debug: the monitor, from -ex, a script, a pipe or a terminal.
#include <fmt/format.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/conversation.hpp"
#include "app/debug_disk.hpp"
#include "app/disk_options.hpp"
#include "app/event_log.hpp"
#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/gdb_server.hpp"
#include "app/machine_options.hpp"
#include "app/outcome.hpp"
#include "app/output.hpp"
#include "app/terminal.hpp"

namespace faultline::app {
namespace {

struct DebugOptions {
  MachineOptions machine;
  DiskOptions disks;
  GdbOptions gdb;
  std::vector<std::string> commands, scripts;
  std::string serial, log_items, log_file;
  bool json = false, batch = false, echo = false, no_record = false;
  bool quick = false, no_reboot = false;  // other debuggers' words for what is so anyway
};

/// Ours are -ex, --script, --batch and --json behind the program, too; what follows a -- is the
/// program's.
std::vector<std::string> take_own(DebugOptions& options, const std::vector<std::string>& words) {
  std::vector<std::string> left;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value = [&] {
      if (i + 1 == words.size()) throw UsageError(words[i] + " needs a value");
      return words[++i];
    };
    if (words[i] == "--") {
      left.insert(left.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    } else if (words[i] == "--ex" || words[i] == "-ex") {
      options.commands.push_back(value());
    } else if (words[i] == "--script" || words[i] == "-rc") {
      options.scripts.push_back(value());
    } else if (words[i] == "--json") {
      options.json = true;
    } else if (words[i] == "--batch") {
      options.batch = true;
    } else {
      left.push_back(words[i]);
    }
  }
  return left;
}

/// The file that COM1's output goes to, if it does.
std::optional<Output> open_serial(const std::string& where) {
  constexpr std::string_view prefix = "file:";
  if (where.empty() || where == "stdio" || where == "none") return std::nullopt;
  const bool qemu = where.starts_with(prefix);
  return std::optional<Output>(std::in_place, qemu ? where.substr(prefix.size()) : where);
}

/// What --expect asked for, and what came of it.
int expectation_status(const DebugSession& session, const std::string& expected, int status) {
  if (expected.empty()) return status;
  const bool met = expected == "pf" && session.last_stop().fault.has_value();
  if (!met) {
    fmt::print(stderr, "faultline: expected {}, but the session ended with {}\n", expected,
               name_of(session.last_stop().reason));
  }
  return met ? success : expectation_not_met;
}

int debug(DebugOptions options, bool model_given, const std::vector<std::string>& given) {
  const std::vector<std::string> words = take_own(options, given);
  std::vector<std::pair<std::string, std::vector<std::string>>> scripts;
  for (const std::string& path : options.scripts) scripts.emplace_back(path, lines_of(path));
  std::string expected = options.machine.expectation;
  if (expected == "pf") options.machine.expectation.clear();  // a stop, not an end
  MachineConfig config = options.machine.configuration();
  const bool with_gdb = options.gdb.wanted();
  DebugDisk system =
      make_debug_disk(config, options.disks.system_disk(), model_given, words, with_gdb);
  options.disks.attach(config, std::move(system.disk), true);

  OutputTail system_console;
  Monitor monitor(options.json, options.echo);
  const bool line_taken = options.gdb.on_stdio();  // standard output is gdb's
  const auto show = [&](u8 byte) {
    if (line_taken) {
      std::fputc(byte, stderr);
    } else {
      monitor.guest(byte);
    }
  };
  const bool shown = options.serial.empty() ? words.empty() : options.serial == "stdio";
  std::optional<Output> serial_file = open_serial(options.serial);
  config.serial_out = [&](u8 byte) {
    if (shown) return show(byte);
    if (serial_file) serial_file->put(byte);
    system_console.add(byte);
  };
  config.console_out = show;
  config.interactive = true;
  Machine machine(std::move(config));
  fill_memory(machine.memory(), options.machine.seed);
  MonitorHost host(machine);
  gdb::Interruptible interruptible(host);
  DebugSession session(machine, interruptible, std::move(system.modules));
  session.record(!options.no_record);
  SessionLog log(session, options.log_items, options.log_file);

  for (std::size_t i = 0; i < options.commands.size() && !session.quit; ++i) {
    monitor.execute(session, options.commands[i]);
  }
  for (const auto& [path, lines] : scripts) {
    for (std::size_t i = 0; i < lines.size() && !session.quit; ++i) {
      monitor.execute(session, lines[i], fmt::format("{}:{}: ", path, i + 1));
    }
  }
  if (with_gdb) {
    gdb::SessionTarget target(
        session, interruptible, system.program, system.images,
        [](const RunResult& end) { return static_cast<u8>(exit_status(end)); });
    serve_gdb(options.gdb, true, session, interruptible, target);
  } else if (stdin_is_terminal() && !session.quit && !options.batch) {
    converse(session, monitor);
  } else if (options.commands.empty() && scripts.empty()) {
    read_commands(session, monitor);
  }
  monitor.finish();
  if (serial_file) serial_file->finish();
  log.finish();
  if (pending_signal() != 0) return interrupted;
  options.machine.expectation = expected;
  if (session.ended() && expected != "pf")
    return conclude(machine, session.last_stop().end, options.machine, system_console.text());
  return expectation_status(session, expected, monitor.failures() == 0 ? success : usage_error);
}

}  // namespace

Command add_debug(CLI::App& app) {
  CLI::App* parser = app.add_subcommand("debug", "Run a program, or the shell, under the debugger");
  parser->prefix_command();
  parser->footer(
      "faultline debug [OPTIONS] [PROGRAM.EXE [ARGUMENTS...]]\n"
      "-ex, --script, --batch and --json may also follow the program; what follows a -- is the "
      "program's.\n"
      "Without them the commands come from standard input.");
  auto options = std::make_shared<DebugOptions>();
  parser->add_option("--ex", options->commands, "Execute a command of the debugger (also -ex)")
      ->type_name("CMD")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  parser
      ->add_option("--script", options->scripts, "Then the commands in FILE, one a line (also -rc)")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(not_empty);
  parser->add_flag("--json", options->json, "Results as JSON, one object or array a line");
  parser->add_flag("--echo", options->echo,
                   "Show each command of -ex and --script before its result, errors among them");
  parser->add_flag("--no-record", options->no_record,
                   "Keep no past to go back into: less memory; `record on` begins later");
  parser
      ->add_option("--serial", options->serial,
                   "COM1: stdio (default without a program), none, or an output file, as FILE or "
                   "file:FILE (also -serial)")
      ->type_name("stdio|none|FILE")
      ->check(not_empty);
  parser
      ->add_option("-d", options->log_items,
                   "Log each delivery (int), step of the paging unit (mmu), instruction (in_asm or "
                   "exec), port access (ioport)")
      ->type_name("ITEM,...")
      ->check(not_empty);
  parser->add_option("-D", options->log_file, "Where -d writes; else to standard error")
      ->type_name("FILE")
      ->check(not_empty);
  parser->add_flag("--no-reboot", options->no_reboot,
                   "Taken for QEMU's sake: a triple fault ends the run anyway (also -no-reboot)");
  parser->add_flag("-q", options->quick, "Taken for Bochs's sake: there is no menu to skip");
  parser->add_flag("--batch", options->batch, "End behind -ex and --script, on a terminal, too");
  options->gdb.add_to(*parser);
  options->disks.add_to(*parser,
                        "Disk image, for up to four disks in the order given, which stay as they "
                        "are; the first is the system disk (default: this build's)");
  options->machine.add_to(*parser);
  return {parser, [options, parser] {
            return debug(*options, parser->count("--cpu") != 0, parser->remaining());
          }};
}

}  // namespace faultline::app
