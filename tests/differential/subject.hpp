// The subject: our interpreter with every user instruction it has.
#pragma once

#include <memory>
#include <span>

#include "cpu/engine.hpp"
#include "cpu/observer.hpp"
#include "tests/differential/outcome.hpp"

namespace faultline::differential {

class Subject {
 public:
  explicit Subject(Mode mode);
  void set_code(u32 address, std::span<const u8> bytes);
  /// The 64 KB, to read and to change outside the code.
  u8* memory() { return memory_.host_page_for_write({0}); }
  Outcome run(const Registers& from);

 private:
  struct NoPorts : Bus {
    u32 port_read(u16, unsigned) override { return ~u32{0}; }
    void port_write(u16, unsigned, u32) override {}
    u8 acknowledge_interrupt() override { return 0; }
  };
  struct FirstException : Observation {
    int vector = no_exception;
    void interrupt(u8 number, bool, bool, u32) override {
      if (vector == no_exception) vector = number;
    }
  };

  Stop run_with(Engine& engine, const Registers& from);

  PhysicalMemory memory_{1u << 20};
  NoPorts bus_;
  FirstException first_exception_;
  CpuContext context_{*find_model("compat"), memory_, bus_};
  std::unique_ptr<Engine> engine_, watched_;
};

}  // namespace faultline::differential
