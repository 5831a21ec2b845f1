// The subcommands. Each adds itself to the command line and says what to do when it is chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <vector>

namespace faultline::app {

/// `execute` returns the exit status; it may throw UsageError and InputError.
struct Command {
  CLI::App* parser = nullptr;
  std::function<int()> execute;
};

Command add_boot(CLI::App& app);
Command add_run(CLI::App& app);
Command add_check_vmm(CLI::App& app);
Command add_conform(CLI::App& app);
Command add_debug(CLI::App& app);
Command add_stats(CLI::App& app);
Command add_models(CLI::App& app);
/// Its subcommands first.
std::vector<Command> add_snap(CLI::App& app);

}  // namespace faultline::app
