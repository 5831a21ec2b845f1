// One of the machines that run an input side by side.
#pragma once

#include <memory>
#include <vector>

#include "cpu/observer.hpp"
#include "tests/fuzz/plan.hpp"
#include "tests/unit/cpu/test_bus.hpp"

namespace faultline::fuzz {

class Machine {
 public:
  /// How its engine works. All must come to the same.
  enum class Engine : u8 {
    Fast,       // blocks, links, shadow
    Watched,    // one instruction at a time
    Unshadowed  // blocks and links; every data access takes the slow path
  };

  /// `image` is copied.
  Machine(const Plan& plan, std::vector<u8> image, Engine kind);

  /// The board's events, then the slice.
  Stop run(const Slice& slice);

  const CpuContext& context() const { return context_; }
  const test::TestBus& bus() const { return bus_; }

 private:
  void start(u16 place);
  void happen(const Slice& slice);

  const Plan& plan_;
  std::vector<u8> ram_;
  PhysicalMemory memory_{};
  test::TestBus bus_{};
  CpuContext context_;
  Observation nothing_{};
  std::unique_ptr<faultline::Engine> engine_;
  Stop stop_ = Stop::Deadline;
};

}  // namespace faultline::fuzz
