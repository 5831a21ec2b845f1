// Finds #include lines that point up or sideways in the tree.
#include "tests/layers/layers.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string_view>

namespace faultline::tests {
namespace {

namespace fs = std::filesystem;

/// Each folder with the folders it may include, itself apart.
const std::map<std::string, std::set<std::string>> below = {
    {"app", {"debugger", "machine", "cpu", "mmu", "tlb", "arch"}},
    {"debugger", {"machine", "cpu", "mmu", "tlb", "arch"}},
    {"machine", {"cpu", "mmu", "tlb", "arch"}},
    {"api", {"include", "cpu", "mmu", "tlb", "arch"}},
    {"include", {}},
    {"cpu", {"mmu", "tlb", "arch"}},
    {"mmu", {"tlb", "arch"}},
    {"tlb", {"arch"}},
    {"guest", {"kernel", "arch"}},
    {"kernel", {"arch"}},
    {"firmware", {"arch"}},
    {"arch", {}},
};

/// Of the kernel, programs see its types and its table of services, nothing of its insides.
const std::set<std::string> kernel_for_guests = {"kernel/nt.hpp", "kernel/system_services.hpp"};

const std::set<std::string> source_extensions = {".hpp", ".h", ".cpp", ".c", ".S", ".inc", ".rc"};

/// Why `folder` may not include `included`, or an empty string.
std::string objection(const std::string& folder, const std::string& included) {
  const auto slash = included.find('/');
  const std::string target = included.substr(0, slash);
  if (slash == std::string::npos || below.count(target) == 0) {
    return "is not a path from the root of the tree into a layer";
  }
  if (target != folder && below.at(folder).count(target) == 0) {
    return folder + " may not include " + target;
  }
  if (folder == "guest" && target == "kernel" && kernel_for_guests.count(included) == 0) {
    return "programs include only nt.hpp and system_services.hpp of the kernel";
  }
  return {};
}

void read_file(const fs::path& root, const fs::path& file, const std::string& folder,
               std::vector<Breach>& breaches) {
  static const std::regex include_line(R"re(^\s*#\s*include\s*"([^"]+)")re");
  std::ifstream stream(file);
  std::string line;
  for (unsigned number = 1; std::getline(stream, line); ++number) {
    std::smatch match;
    if (!std::regex_search(line, match, include_line)) continue;
    if (std::string why = objection(folder, match[1]); !why.empty()) {
      breaches.push_back({fs::relative(file, root), number, match[1], std::move(why)});
    }
  }
}

}  // namespace

std::vector<Breach> find_breaches(const fs::path& root, unsigned& files_read) {
  std::vector<Breach> breaches;
  files_read = 0;
  for (const auto& [folder, allowed] : below) {
    if (!fs::exists(root / folder)) continue;
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && source_extensions.count(entry.path().extension()) != 0) {
        files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) read_file(root, file, folder, breaches);
    files_read += static_cast<unsigned>(files.size());
  }
  return breaches;
}

}  // namespace faultline::tests
