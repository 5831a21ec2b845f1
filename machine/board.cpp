// Wires the board.
#include "machine/board.hpp"

#include <utility>

#include "arch/ports.hpp"

namespace faultline {

Board::Board(CpuContext& context, PortBus& bus, const CalendarTime& start, Outputs outputs)
    : scheduler(context.state.clock),
      pic([this](bool level) { set_intr(level); }),
      pit(scheduler, context.model.clock_hz, irq_line(irq::timer)),
      rtc(scheduler, context.model.clock_hz, irq_line(irq::rtc), start),
      keyboard(scheduler, context.model.clock_hz,
               {.irq1 = irq_line(irq::keyboard),
                .a20 = [this](bool open) { set_a20(keyboard_a20_, open); },
                .reset = [this] { pull_reset(); }}),
      system_control(pit, {.a20 = [this](bool open) { set_a20(fast_a20_, open); },
                           .reset = [this] { pull_reset(); }}),
      com1(scheduler, context.model.clock_hz, std::move(outputs.serial), irq_line(irq::com1)),
      vga(context.state.clock, context.model.clock_hz),
      ide_primary(scheduler, context.model.clock_hz, port::ide_primary, port::ide_primary_control,
                  irq_line(irq::ide_primary)),
      ide_secondary(scheduler, context.model.clock_hz, port::ide_secondary,
                    port::ide_secondary_control, irq_line(irq::ide_secondary)),
      debug_port({.console = std::move(outputs.console),
                  .exit = std::move(outputs.exit),
                  .debug_exit = std::move(outputs.debug_exit),
                  .bugcheck = std::move(outputs.bugcheck)}),
      numeric_error({.irq13 = irq_line(irq::numeric),
                     .ignne = [&context](bool level) { context.lines.ignne = level; }}),
      context_(context) {
  claim_ports(bus);
  context_.memory.map_device({Vga::window_base}, Vga::window_size, vga);
  keyboard.reset();
  system_control.reset();
}

void Board::claim_ports(PortBus& bus) {
  bus.connect(pic);
  bus.claim(port::pic_master_command, port::pic_master_data, pic);
  bus.claim(port::pic_slave_command, port::pic_slave_data, pic);
  bus.claim(port::pit_counter0, port::pit_control, pit);
  bus.claim(port::keyboard_data, port::keyboard_data, keyboard);
  bus.claim(port::keyboard_status, port::keyboard_status, keyboard);
  bus.claim(port::system_control_b, port::system_control_b, system_control);
  bus.claim(port::system_control_a, port::system_control_a, system_control);
  bus.claim(port::cmos_index, port::cmos_data, rtc);
  bus.claim(port::com1, port::com1 + 7, com1);
  vga.claim_ports(bus);
  ide_primary.claim_ports(bus);
  ide_secondary.claim_ports(bus);
  debug_port.claim_ports(bus);
  bus.claim(port::numeric_error_clear, port::numeric_error_clear, numeric_error);
  bus.connect_numeric_error([this](bool level) { numeric_error.set_error(level); });
}

std::function<void(bool)> Board::irq_line(unsigned irq) {
  return [this, irq](bool level) { pic.set_irq(irq, level); };
}

void Board::set_intr(bool level) {
  context_.lines.intr = level;
  if (level) context_.lines.attention(context_.state.clock);
}

/// Two gates, either of which lets address line 20 through.
void Board::set_a20(bool& gate, bool open) {
  gate = open;
  const bool through = keyboard_a20_ || fast_a20_;
  if (through != context_.memory.a20()) context_.memory.set_a20(through);
}

/// The CPU's RESET pin, and only the CPU's. The gate opens with it, for the reset vector lies at
/// the top of the address space.
void Board::pull_reset() {
  set_a20(keyboard_a20_, true);
  context_.lines.reset = true;
  context_.lines.attention(context_.state.clock);
}

}  // namespace faultline
