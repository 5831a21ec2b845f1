// The subject: our interpreter with every user instruction it has, driven through the embedding API
// as any program would drive it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "include/faultline.h"
#include "tests/differential/outcome.hpp"

namespace faultline::differential {

class Subject {
 public:
  explicit Subject(Mode mode);
  void set_code(u32 address, std::span<const u8> bytes);
  /// The 64 KB, to read and to change outside the code.
  u8* memory() { return memory_.data(); }
  Outcome run(const Registers& from);

 private:
  struct Close {
    void operator()(faultline_engine* engine) const { faultline_close(engine); }
  };
  /// The reason of its end.
  int run_from(const Registers& from);
  static int note_first(faultline_engine* engine, const faultline_interrupt* interrupt,
                        uint32_t* resume_eip, void* vector);

  std::vector<u8> memory_;
  std::unique_ptr<faultline_engine, Close> engine_;
};

}  // namespace faultline::differential
