// A machine in this process that runs one guest program, as `faultline run` sets it up, on disks
// whose writes stay in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "machine/machine.hpp"
#include "tests/boot/command.hpp"

namespace faultline::tests {

struct GuestMachine {
  /// `command` is a program on the system disk and its arguments; empty is the shell.
  explicit GuestMachine(const std::string& command, unsigned memory_mb = 4);

  std::string console;   // what the program wrote
  std::string terminal;  // what came out of COM1
  std::unique_ptr<Machine> machine;

 private:
  Scratch scratch_;
};

}  // namespace faultline::tests
