// Slices as a file for Perfetto and chrome://tracing: the JSON object form of the trace event
// format, complete events ("X"), a thread a lane. [TEF]
#pragma once

#include <array>
#include <functional>
#include <string>

#include "debugger/trace/slice.hpp"

namespace faultline {

class ChromeTrace final : public SliceSink {
 public:
  using Write = std::function<void(std::string_view)>;

  /// `machine` says what ran, `clock_hz` turns its clocks into time. The text comes in pieces.
  ChromeTrace(Write write, std::string_view machine, u32 clock_hz);
  void slice(const Slice& slice) override;
  /// The end of the file; no slice comes after it.
  void finish();

 private:
  Write write_;
  u32 clock_hz_;
};

}  // namespace faultline
