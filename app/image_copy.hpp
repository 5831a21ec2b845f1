// A private copy of a disk image.
#pragma once

#include <filesystem>

namespace faultline::app {

/// `to` is new and its owner may write to it. Throws InputError or OutputError, naming the file.
void copy_image(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace faultline::app
