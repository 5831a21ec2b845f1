// Host files: reading them whole, and finding the ones that come with the executable.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "arch/integers.hpp"

namespace faultline::app {

/// Throw InputError and OutputError, naming the file and the system's reason.
std::vector<arch::u8> read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view text);
/// Before a run, of a file to be written after it.
void require_writable(const std::filesystem::path& path);

/// The firmware, the system disk and the conformance programs of this build: where the build tree or an installation has
/// them, beside the executable. Throw InputError when they are not there.
std::filesystem::path default_firmware();
std::filesystem::path default_disk();
std::filesystem::path conformance_folder();

}  // namespace faultline::app
