// The PC/AT board: every device, its ports, its interrupt line.
#pragma once

#include <functional>

#include "cpu/engine.hpp"
#include "machine/bus.hpp"
#include "machine/debug_port.hpp"
#include "machine/ide.hpp"
#include "machine/keyboard_8042.hpp"
#include "machine/numeric_error_latch.hpp"
#include "machine/pic_8259.hpp"
#include "machine/pit_8254.hpp"
#include "machine/rtc_146818.hpp"
#include "machine/scheduler.hpp"
#include "machine/system_control.hpp"
#include "machine/uart_16550.hpp"
#include "machine/vga.hpp"

namespace faultline {

class Board {
 public:
  struct Outputs {
    Uart16550::Sink serial;
    std::function<void(u8)> console;  // port E9h
    std::function<void(u32)> exit;
    std::function<void(u8)> debug_exit;
    std::function<void(u32)> bugcheck;
  };
  Board(CpuContext& context, PortBus& bus, const CalendarTime& start, Outputs outputs);
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  /// Everything but the contents of the disks.
  void archive(auto& a) {
    a(scheduler, pic, pit, rtc, keyboard, system_control, com1, vga, ide_primary, ide_secondary,
      debug_port, numeric_error, keyboard_a20_, fast_a20_);
    const bool through = keyboard_a20_ || fast_a20_;
    if (through != context_.memory.a20()) context_.memory.set_a20(through);
  }

  Scheduler scheduler;
  InterruptController pic;
  Pit8254 pit;
  Rtc146818 rtc;
  Keyboard8042 keyboard;
  SystemControl system_control;
  Uart16550 com1;
  Vga vga;
  IdeChannel ide_primary;
  IdeChannel ide_secondary;
  DebugPort debug_port;
  NumericErrorLatch numeric_error;

 private:
  void claim_ports(PortBus& bus);
  std::function<void(bool)> irq_line(unsigned irq);
  void set_intr(bool level);
  void set_a20(bool& gate, bool open);
  void pull_reset();

  CpuContext& context_;
  bool keyboard_a20_ = true;
  bool fast_a20_ = false;
};

}  // namespace faultline
