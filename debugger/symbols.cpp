// Symbol lookup in one module.
#include "debugger/symbols.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline {

using namespace arch;

std::string_view stem(std::string_view file_name) {
  return file_name.substr(0, file_name.rfind('.'));
}

Module::Module(std::string name, PeImage image, u32 base)
    : name_(std::move(name)), image_(std::move(image)), base_(base) {}

Module::Module(std::string name, PeImage image)
    : name_(std::move(name)), image_(std::move(image)), base_(image_.base) {}

std::optional<u32> Module::address_of(std::string_view symbol) const {
  const auto found = std::find_if(image_.symbols.begin(), image_.symbols.end(),
                                  [&](const ImageSymbol& s) { return s.name == symbol; });
  if (found == image_.symbols.end()) return std::nullopt;
  return base_ + found->rva;
}

std::string Module::describe(u32 address) const {
  const u32 rva = address - base_;
  const std::string module{stem(name_)};
  const auto section = std::find_if(image_.sections.begin(), image_.sections.end(),
                                    [&](const ImageSection& s) { return s.contains(rva); });
  // The last symbol at or below the address; of several at one place, the first.
  auto after = std::upper_bound(image_.symbols.begin(), image_.symbols.end(), rva,
                                [](u32 value, const ImageSymbol& s) { return value < s.rva; });
  if (section == image_.sections.end() || after == image_.symbols.begin() ||
      !section->contains(std::prev(after)->rva)) {
    return fmt::format("{}+{:X}", module, rva);
  }
  const auto symbol =
      std::lower_bound(image_.symbols.begin(), after, std::prev(after)->rva,
                       [](const ImageSymbol& s, u32 value) { return s.rva < value; });
  const u32 offset = rva - symbol->rva;
  return offset == 0 ? fmt::format("{}!{}", module, symbol->name)
                     : fmt::format("{}!{}+{:X}", module, symbol->name, offset);
}

}  // namespace faultline
