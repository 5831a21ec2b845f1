// Who commands a session of the monitor: a person at a terminal, or lines from elsewhere.
#pragma once

#include "app/idle_meter.hpp"
#include "app/monitor.hpp"

namespace faultline::app {

/// Stops the machine when a signal came, or when the guest has waited for a minute.
class MonitorHost final : public DebugHost {
 public:
  explicit MonitorHost(Machine& machine) : machine_(machine) {}
  StopReason after_slice(const RunResult& result) override;

 private:
  Machine& machine_;
  IdleMeter meter_;
  unsigned idle_ = 0;
};

/// The lines of a script. Throws InputError.
std::vector<std::string> lines_of(const std::string& path);

/// A person: editing, completion, history; an empty line repeats a command that ran the machine.
void converse(DebugSession& session, Monitor& monitor);
/// Standard input to its end.
void read_commands(DebugSession& session, Monitor& monitor);

}  // namespace faultline::app
