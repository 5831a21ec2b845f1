// How a run ended, told to the shell, to a person and to a JSON file.
#pragma once

#include <optional>
#include <string>

#include "app/machine_options.hpp"
#include "machine/machine.hpp"

namespace faultline::app {

/// What --expect asks for.
struct Expectation {
  EndReason reason = EndReason::Exit;
  std::optional<u32> code;

  /// Throws UsageError.
  static Expectation parse(const std::string& text);
  bool met_by(const RunResult& result) const;
};

/// The exit status of a run without expectations.
int exit_status(const RunResult& result);

/// Says on stderr what went wrong, with the registers where they help; writes --result; returns
/// the process's exit status. `last_output` is what the guest last said on a console that nobody
/// saw.
int conclude(const Machine& machine, const RunResult& result, const MachineOptions& options,
             const std::string& last_output = {});

}  // namespace faultline::app
