// Two directions of bytes between gdb and us: a socket, a pair of pipes, or a test's script.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "arch/integers.hpp"

namespace faultline::gdb {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Waits for bytes, at most `milliseconds` (negative: without end), and takes what fits into
  /// `to`. 0: none came in time. Nothing: the other end has closed, or we are to end.
  virtual std::optional<std::size_t> read(std::span<arch::u8> to, int milliseconds) = 0;
  /// All of them; false when the other end is gone.
  virtual bool write(std::span<const arch::u8> bytes) = 0;
};

}  // namespace faultline::gdb
