// Addresses to names and back, over the images loaded in the guest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "debugger/pe_image.hpp"

namespace faultline {

/// One image at the address where the guest loaded it.
class Module {
 public:
  /// `name` without directory; its extension is left out in front of the "!".
  Module(std::string name, PeImage image, arch::u32 base);
  Module(std::string name, PeImage image);  // where it was linked

  const std::string& name() const { return name_; }  // "KERNEL.EXE"
  const PeImage& image() const { return image_; }
  arch::u32 base() const { return base_; }
  void move_to(arch::u32 base) { base_ = base; }
  bool contains(arch::u32 address) const { return address - base_ < image_.size; }

  /// Linear address of the symbol of that source name.
  std::optional<arch::u32> address_of(std::string_view symbol) const;
  /// "KERNEL!MmAccessFault+1C"; "KERNEL+12345" where no symbol comes before it in its section.
  /// `address` lies in the module.
  std::string describe(arch::u32 address) const;

 private:
  std::string name_;
  PeImage image_;
  arch::u32 base_;
};

/// The name without its extension: "KERNEL" of "KERNEL.EXE".
std::string_view stem(std::string_view file_name);

}  // namespace faultline
