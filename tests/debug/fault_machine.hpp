// A machine that runs the fault guest, under debug, without the command around it.
#pragma once

#include "debugger/command.hpp"

namespace faultline::tests {

MachineConfig fault_guest_config();

struct FaultMachine {
  Machine machine{fault_guest_config()};
  DebugHost host{};
  DebugSession session{machine, host, {}};

  std::string run(std::string_view line) { return execute_command(session, line).text; }
  Json data(std::string_view line) { return execute_command(session, line).data; }
  /// What is wrong with a line; "" when it is carried out.
  std::string error(std::string_view line) {
    try {
      execute_command(session, line);
    } catch (const CommandError& error) {
      return error.what();
    }
    return {};
  }
};

}  // namespace faultline::tests
