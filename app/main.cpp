// The faultline command: parses its line, runs the subcommand, turns errors into one line each.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <sstream>
#include <utility>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/gdb_options.hpp"
#include "app/output.hpp"
#include "app/terminal.hpp"
#include "arch/paging_selected.hpp"
#include "debugger/suggestion.hpp"
#include "machine/disk_image.hpp"
#include "machine/machine.hpp"
#include "machine/snapshot_file.hpp"

namespace faultline::app {
namespace {

std::vector<std::string> option_names(const CLI::App& parser) {
  std::vector<std::string> names;
  for (const CLI::Option* option : parser.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

/// A word that neither the command line nor the chosen subcommand knows.
[[noreturn]] void reject(const CLI::App& app, const CLI::App* command, const std::string& word) {
  if (!word.starts_with('-') && command == nullptr) {
    throw UsageError(fmt::format("no command '{}'{}; `faultline --help` lists them", word,
                                 suggestion(word, command_names(app))));
  }
  if (!word.starts_with('-')) throw UsageError(fmt::format("unexpected argument '{}'", word));
  throw UsageError(fmt::format("unknown option {}{}", word,
                               suggestion(word.substr(0, word.find('=')),
                                          option_names(command != nullptr ? *command : app))));
}

void add_help(CLI::App& app, std::string& topic) {
  app.add_subcommand("help", "Show the options of a subcommand")
      ->add_option("SUBCOMMAND", topic, "Which")
      ->type_name("");
}

int show_help(const CLI::App& app, const std::string& topic) {
  if (topic.empty()) {
    fmt::print("{}",
               app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal));
    return success;
  }
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == topic) return fmt::print("{}", command->help("faultline")), success;
  }
  reject(app, nullptr, topic);
}

int dispatch(int argc, char** argv) {
  CLI::App app{"Faultline: an i386/i486 PC, and an NT-like system that runs in it", "faultline"};
  app.set_version_flag(
      "--version", fmt::format("faultline {} ({} pages of {} KB)", FAULTLINE_VERSION,
                               arch::Paging::name, arch::Geometry<arch::Paging>::page_size / 1024));
  app.require_subcommand(0, 1);
  app.allow_extras();
  std::string topic;
  std::vector<Command> commands = {add_boot(app),      add_run(app),     add_stats(app),
                                   add_check_vmm(app), add_conform(app), add_debug(app),
                                   add_models(app)};
  for (Command& command : add_snap(app)) commands.push_back(std::move(command));
  add_help(app, topic);
  try {
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    for (const CLI::App* command : std::as_const(app).get_subcommands(nullptr)) {
      if (!words.empty() && words[0] == command->get_name())
        words = spell_out(*command, std::move(words));
    }
    std::reverse(words.begin(), words.end());  // as the parser wants them
    app.parse(std::move(words));
  } catch (const CLI::Success& help_or_version) {
    std::ostringstream text;
    const int status = app.exit(help_or_version, text, text);
    fmt::print("{}", text.str());
    return status;
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  if (const auto rest = app.remaining(); !rest.empty()) reject(app, nullptr, rest.front());
  if (app.got_subcommand("help")) return show_help(app, topic);
  for (const Command& command : commands) {
    if (!command.parser->parsed()) continue;
    const auto rest = command.parser->remaining();
    // What follows the program of `run` is the program's.
    const bool takes_words = command.parser->get_prefix_command();
    if (!rest.empty() && (!takes_words || rest.front().starts_with('-'))) {
      reject(app, command.parser, rest.front());
    }
    return command.execute();
  }
  fmt::print(stderr, "{}", app.help());
  return usage_error;
}

int complain(const std::exception& error, int status) {
  if (pending_signal() != 0) return interrupted;  // it cut short what failed
  std::fflush(stdout);
  fmt::print(stderr, "faultline: {}\n", error.what());
  return status;
}

}  // namespace
}  // namespace faultline::app

int main(int argc, char** argv) {
  using namespace faultline::app;
  fill_standard_streams();
  catch_signals();
  try {
    const int status = dispatch(argc, argv);
    finish_stdout();
    return status;
  } catch (const UsageError& error) {
    return complain(error, usage_error);
  } catch (const InputError& error) {
    return complain(error, input_error);
  } catch (const OutputError& error) {
    return complain(error, output_error);
  } catch (const faultline::PortLogError& error) {
    return complain(error, output_error);
  } catch (const faultline::SnapshotError& error) {
    return complain(error, snapshot_refused);
  } catch (const faultline::SnapshotUnreadable& error) {
    return complain(error, input_error);
  } catch (const faultline::SnapshotUnwritable& error) {
    return complain(error, output_error);
  } catch (const faultline::DiskError& error) {
    return complain(error, input_error);
  } catch (const std::exception& error) {
    return complain(error, internal_error);
  }
}
