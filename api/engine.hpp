// What stands behind the opaque faultline_engine: one processor, its memory, the caller's hooks.
#pragma once

#include <span>
#include <variant>

#include "api/ports.hpp"
#include "api/watcher.hpp"
#include "cpu/engine.hpp"

namespace faultline::api {

/// A device in memory by the caller's callbacks.
class CallbackDevice : public MmioDevice {
 public:
  CallbackDevice(faultline_engine& engine, faultline_device_read read, faultline_device_write write,
                 void* user)
      : engine_(engine), read_(read), write_(write), user_(user) {}
  u32 mmio_read(u32 offset, unsigned bytes) override;
  void mmio_write(u32 offset, unsigned bytes, u32 value) override;

 private:
  faultline_engine& engine_;
  faultline_device_read read_;
  faultline_device_write write_;
  void* user_;
};

enum class RangeKind : u8 { Ram, Rom, Device };

/// What one map call mapped, and what it owns.
struct Range {
  u32 address = 0;
  u32 size = 0;
  RangeKind kind = RangeKind::Ram;
  std::unique_ptr<HostMemory> bytes;
  std::unique_ptr<CallbackDevice> device;

  bool covers(u32 at) const { return at - address < size; }
};

/// What the running engine is doing, which decides what a callback may change.
enum class Phase : u8 { Stopped, BeforeInstruction, InInstruction };

}  // namespace faultline::api

struct faultline_engine {
  explicit faultline_engine(const faultline::Model& model);

  /// The core for a run, watched or not; it has seen every change of the registers.
  faultline::Engine& core(bool watched);
  /// The cores are made anew before the next run: after a change of timing, or of what is mapped.
  void drop_cores();
  /// Registers were changed from outside.
  void registers_changed();
  bool stopped() const { return phase == faultline::api::Phase::Stopped; }
  const faultline::api::Range* range_at(faultline::u32 address) const;
  /// FAULTLINE_OK when all bytes are memory, and RAM where they are to be written.
  int check_memory(faultline::u32 address, faultline::u64 size, bool write) const;

  faultline::PhysicalMemory memory;
  faultline::api::Hooks hooks;
  faultline::api::Ports ports;
  faultline::api::Watcher watcher;
  faultline::CpuContext context;
  std::vector<faultline::api::Range> ranges;
  faultline::Timing timing = faultline::Timing::Table;
  faultline::api::Phase phase = faultline::api::Phase::Stopped;
  int stop_reason = FAULTLINE_STOP_NONE;

 private:
  std::unique_ptr<faultline::Engine> plain_, watched_;
  faultline::Engine* current_ = nullptr;  // the one that ran last
};
