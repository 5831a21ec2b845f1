#include "app/debug_disk.hpp"

#include "app/command_line.hpp"
#include "app/gdb_server.hpp"
#include "app/guest_disk.hpp"
#include "app/image_copy.hpp"
#include "app/program_disk.hpp"
#include "app/program_model.hpp"
#include "machine/disk_contents.hpp"

namespace faultline::app {

DebugDisk make_debug_disk(MachineConfig& config, const std::filesystem::path& base,
                          bool model_given, const std::vector<std::string>& words,
                          bool with_images) {
  DebugDisk made;
  TemporaryDirectory scratch;
  const std::filesystem::path image = scratch.path() / base.filename();
  copy_image(base, image);
  if (!words.empty() || find_fat16_volume(image)) {
    GuestDisk disk(image);
    if (!words.empty()) {
      std::vector<std::string> command = words;
      command[0] = made.program = place_program(disk, words[0]);
      if (!model_given) {
        if (const auto program = disk.read(made.program))
          config.model = &model_for_program(*program);
      }
      made.command_line = join_command_line(command);
      write_boot_options(disk, made.command_line);
    }
    if (!words.empty() || disk.read("KERNEL.EXE")) made.modules = load_modules(disk, true);
    if (with_images) made.images = image_reader(disk, base);
  }
  made.disk = open_disk_difference(base.string(), image.string());
  return made;
}

}  // namespace faultline::app
