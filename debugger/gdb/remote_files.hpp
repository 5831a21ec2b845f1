// vFile: gdb reads the images' symbols from us, wherever it runs. Nothing is ever written.
// [GDB, Host I/O Packets]
#pragma once

#include <array>

#include "debugger/gdb/hex.hpp"
#include "debugger/gdb/target.hpp"

namespace faultline::gdb {

class RemoteFiles {
 public:
  explicit RemoteFiles(GdbTarget& target) : target_(target) {}

  /// `fields` is what follows "vFile:". Empty: an operation there is not.
  std::string answer(Fields& fields);
  void close_all() { open_ = {}; }

 private:
  std::string open(Fields& fields);
  std::string close(Fields& fields);
  std::string read(Fields& fields);
  std::string status(Fields& fields);
  const std::string* path_of(u64 descriptor) const;

  GdbTarget& target_;
  std::array<std::string, 16> open_;  // paths by descriptor; empty: not open
};

}  // namespace faultline::gdb
