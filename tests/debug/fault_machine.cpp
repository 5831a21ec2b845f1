// The fault guest's ROM in 1 MB.
#include "tests/debug/fault_machine.hpp"

#include <fstream>
#include <iterator>

namespace faultline::tests {

MachineConfig fault_guest_config() {
  std::ifstream file(FAULTLINE_GUEST_ROM, std::ios::binary);
  MachineConfig config;
  config.firmware.assign(std::istreambuf_iterator<char>(file), {});
  config.memory_mb = 1;
  return config;
}

}  // namespace faultline::tests
