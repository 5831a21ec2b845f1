#include "tests/boot/guest_machine.hpp"

#include "app/files.hpp"
#include "app/guest_disk.hpp"
#include "app/program_disk.hpp"

namespace faultline::tests {

GuestMachine::GuestMachine(const std::string& command, unsigned memory_mb) {
  const std::string image = scratch_.system_disk("system.img");
  if (!command.empty()) {
    app::GuestDisk disk(image);
    app::write_boot_options(disk, command);
  }
  MachineConfig config;
  config.memory_mb = memory_mb;
  config.firmware = app::read_file(system_firmware());
  config.disks[0] = open_disk_overlay(image);
  config.console_out = [this](u8 byte) { console += static_cast<char>(byte); };
  config.serial_out = [this](u8 byte) { terminal += static_cast<char>(byte); };
  machine = std::make_unique<Machine>(std::move(config));
}

}  // namespace faultline::tests
