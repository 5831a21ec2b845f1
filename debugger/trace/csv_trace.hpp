// Slices as comma-separated values, a line each, with a heading. [RFC 4180]
#pragma once

#include <functional>

#include "debugger/trace/slice.hpp"

namespace faultline {

class CsvTrace final : public SliceSink {
 public:
  using Write = std::function<void(std::string_view)>;
  explicit CsvTrace(Write write);
  void slice(const Slice& slice) override;

 private:
  Write write_;
};

}  // namespace faultline
