// The host's processor behind the interface of the comparison: a 32-bit helper process that runs
// batches of cases in ring 3.
#pragma once

#include <span>
#include <string>

#include "tests/native/protocol.hpp"

namespace faultline::native {

/// The part of the 4 GB that cases may name, and its segments by their index in the LDT.
struct Layout {
  std::span<const Region> regions;
  std::span<const Segment> segments;
  u32 data_address;
  u32 code_first, code_size;
  u8 filler;
};

class Silicon {
 public:
  Silicon() = default;
  ~Silicon();
  Silicon(const Silicon&) = delete;
  Silicon& operator=(const Silicon&) = delete;

  /// Starts the helper and lays out its memory and LDT. An empty string, or why this host is no
  /// witness. Throws std::runtime_error when something fails that should not.
  std::string start(const Layout& layout);
  Slot& slot(u32 index) { return shared_->slot[index]; }
  /// Runs the first `count` slots. Throws std::runtime_error when the helper dies.
  void run(u32 count);

 private:
  bool order(u8 command, u8& answer);
  std::string end_of_helper();

  Shared* shared_ = nullptr;
  int socket_ = -1;
  int child_ = -1;
};

}  // namespace faultline::native
