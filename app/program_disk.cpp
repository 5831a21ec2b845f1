// What to run goes on the disk: the program, the boot options that name it, and the images'
// symbols.
#include "app/program_disk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "debugger/suggestion.hpp"
#include "arch/loader_parameter_block.hpp"

namespace faultline::app {

using arch::u8;

namespace {

namespace fs = std::filesystem;

PeImage check_image(const std::string& name, std::span<const u8> file) {
  try {
    return read_pe_image(file);
  } catch (const MalformedImage& error) {
    throw InputError(fmt::format("{}: {}", name, error.what()));
  }
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

}  // namespace

std::string place_program(GuestDisk& disk, const std::string& program) {
  std::error_code error;
  if (fs::exists(program, error)) {
    const std::vector<u8> file = read_file(program);
    check_image(program, file);
    const std::string name = name_on_disk(program);
    disk.write(name, file);
    return name;
  }
  std::string name = upper(program);
  if (name.find('.') == name.npos) name += ".EXE";
  if (program.find('/') == program.npos) {
    if (const auto file = disk.read(name)) {
      check_image(program, *file);
      return name;
    }
  }
  throw InputError(fmt::format("{}: no such file, here or on the system disk{}", program,
                               suggestion(name, disk.list("*.EXE"))));
}

void write_boot_options(GuestDisk& disk, const std::string& command_line) {
  const std::string text = "options=RUN=" + command_line;
  if (text.size() >= sizeof(arch::LoaderParameterBlock::load_options)) {
    throw UsageError(fmt::format("the command line has {} characters; the kernel takes {}",
                                 command_line.size(),
                                 sizeof(arch::LoaderParameterBlock::load_options) - 5));
  }
  const std::string file = text + "\r\n";
  disk.write("BOOT.INI", {reinterpret_cast<const u8*>(file.data()), file.size()});
}

std::vector<Module> load_modules(const GuestDisk& disk, bool all) {
  std::vector<Module> modules;
  const auto add = [&](const std::string& name) {
    if (const auto file = disk.read(name)) modules.emplace_back(name, check_image(name, *file));
  };
  add("KERNEL.EXE");
  if (modules.empty()) throw InputError("KERNEL.EXE: not on the system disk");
  for (const char* pattern : {"*.EXE", "*.DLL"}) {
    if (!all) break;
    for (const auto& [name, file] : disk.read_all(pattern)) {
      if (name != "KERNEL.EXE") modules.emplace_back(name, check_image(name, file));
    }
  }
  return modules;
}

}  // namespace faultline::app
