// The images in the guest, as gdb is told of them: where each lies, and the file it reads.
#pragma once

#include <functional>
#include <map>

#include "debugger/gdb/target.hpp"
#include "debugger/session.hpp"

namespace faultline::gdb {

/// The bytes of an image by its name on the disk, with its debugging information if there is any.
using ImageReader = std::function<std::optional<std::vector<u8>>(const std::string& name)>;

class Images {
 public:
  /// `program` is the one that was asked for, or empty.
  Images(DebugSession& session, std::string program, ImageReader reader);

  /// The kernel's file, or empty.
  std::string executable() const;
  /// The DLLs and one program, so that a breakpoint can be set before any is loaded:
  /// where the loader of the process that runs now has put them, or had them last, or where they
  /// were linked.
  std::vector<Library> list();
  std::optional<std::span<const u8>> file(std::string_view path);

 private:
  void look();

  DebugSession& session_;
  std::string program_;
  ImageReader reader_;
  std::map<std::string, u32> bases_;                          // by name, as last seen
  std::map<std::string, std::vector<u8>, std::less<>> read_;  // by name
};

}  // namespace faultline::gdb
