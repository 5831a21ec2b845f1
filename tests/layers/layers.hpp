// The law of the tree: a folder includes only folders below it (docs/architecture.md, "Layers").
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace faultline::tests {

/// One #include line that breaks the law.
struct Breach {
  std::filesystem::path file;  // from the root of the tree
  unsigned line = 0;
  std::string included;
  std::string reason;
};

/// Reads the #include "..." lines of every source file under the layered folders of `root`.
/// `files_read` counts them, so that a test can see that there was something to read.
std::vector<Breach> find_breaches(const std::filesystem::path& root, unsigned& files_read);

}  // namespace faultline::tests
