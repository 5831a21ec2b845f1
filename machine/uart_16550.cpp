// 16550A UART: registers and interrupts. The line is in uart_16550_line.cpp.
#include "machine/uart_16550.hpp"

#include "machine/uart_registers.hpp"

namespace faultline {

using namespace uart;

Uart16550::Uart16550(Scheduler& scheduler, u32 cpu_hz, Sink sink, std::function<void(bool)> irq)
    : scheduler_(scheduler),
      crystal_(scheduler.clock(), cpu_hz, crystal_hz),
      sink_(std::move(sink)),
      irq_(std::move(irq)) {}

void Uart16550::reset() {
  interrupt_enable_ = fifo_control_ = line_control_ = modem_control_ = 0;
  modem_delta_ = line_errors_ = 0;
  receiver_.clear();
  transmitter_.clear();
  shifting_ = thr_interrupt_ = timeout_pending_ = false;
  scheduler_.cancel(transmitted_);
  scheduler_.cancel(arrival_);
  scheduler_.cancel(timeout_);
  update_interrupt();
}

bool Uart16550::fifo_enabled() const { return (fifo_control_ & fcr::enable) != 0; }

unsigned Uart16550::trigger_level() const {
  static constexpr std::array<u8, 4> levels{1, 4, 8, 14};
  return fifo_enabled() ? levels[fifo_control_ >> 6] : 1;
}

u8 Uart16550::line_status() const {
  u8 status = line_errors_;
  if (!receiver_.empty()) status |= lsr::data_ready | receiver_.front().errors;
  if (fifo_enabled() && (status & lsr::errors & ~lsr::overrun)) status |= lsr::fifo_error;
  if (transmitter_.empty()) status |= lsr::holding_empty;
  if (transmitter_.empty() && !shifting_) status |= lsr::transmitter_empty;
  return status;
}

u8 Uart16550::modem_inputs() const {
  if (!(modem_control_ & mcr::loop)) return msr::cts | msr::dsr | msr::dcd;
  return static_cast<u8>(
      (modem_control_ & mcr::rts ? msr::cts : 0) | (modem_control_ & mcr::dtr ? msr::dsr : 0) |
      (modem_control_ & mcr::out1 ? msr::ri : 0) | (modem_control_ & mcr::out2 ? msr::dcd : 0));
}

void Uart16550::update_modem(u8 before) {
  const u8 after = modem_inputs();
  const u8 changed = before ^ after;
  modem_delta_ |= changed >> 4 & 0x0B;                              // DCTS, DDSR, DDCD
  if (changed & msr::ri && before & msr::ri) modem_delta_ |= 0x04;  // TERI: the trailing edge
}

u8 Uart16550::interrupt_identification() const {
  // [16550A, table 4], highest priority first
  if ((interrupt_enable_ & ier::line_status) && (line_status() & lsr::errors)) {
    return iir::line_status;
  }
  if (interrupt_enable_ & ier::received) {
    if (receiver_.size() >= trigger_level()) return iir::received;
    if (timeout_pending_) return iir::timeout;
  }
  if ((interrupt_enable_ & ier::transmitter_empty) && thr_interrupt_) return iir::transmitter_empty;
  if ((interrupt_enable_ & ier::modem) && modem_delta_) return iir::modem;
  return iir::none;
}

void Uart16550::update_interrupt() {
  // The AT's driver to the bus is enabled by OUT2, which loopback forces inactive.
  const bool gate = (modem_control_ & (mcr::out2 | mcr::loop)) == mcr::out2;
  irq_(gate && interrupt_identification() != iir::none);
}

void Uart16550::write_fifo_control(u8 value) {
  const bool toggled = ((value ^ fifo_control_) & fcr::enable) != 0;
  if (toggled || (value & fcr::clear_receiver)) {
    receiver_.clear();
    restart_timeout();
  }
  if (toggled || (value & fcr::clear_transmitter)) {
    if (!transmitter_.empty()) thr_interrupt_ = true;
    transmitter_.clear();
  }
  fifo_control_ = value & fcr::enable ? value & 0xC9 : 0;
}

u32 Uart16550::port_read(u16 address, unsigned /*bytes*/) {
  const bool divisor_access = (line_control_ & lcr::divisor_latch) != 0;
  u8 value = 0;
  switch (address & 7) {
    case Data:
      value = divisor_access ? static_cast<u8>(divisor_) : read_receiver();
      break;
    case InterruptEnable:
      value = divisor_access ? static_cast<u8>(divisor_ >> 8) : interrupt_enable_;
      break;
    case InterruptIdentification:
      value = interrupt_identification();
      if (value == iir::transmitter_empty) thr_interrupt_ = false;
      if (fifo_enabled()) value |= iir::fifos;
      break;
    case LineControl:
      value = line_control_;
      break;
    case ModemControl:
      value = modem_control_;
      break;
    case LineStatus:
      value = line_status();
      line_errors_ = 0;
      if (!receiver_.empty()) receiver_.front().errors = 0;
      break;
    case ModemStatus:
      value = modem_inputs() | modem_delta_;
      modem_delta_ = 0;
      break;
    case Scratch:
      value = scratch_;
      break;
  }
  update_interrupt();
  return value;
}

void Uart16550::port_write(u16 address, unsigned /*bytes*/, u32 written) {
  const u8 value = static_cast<u8>(written);
  const bool divisor_access = (line_control_ & lcr::divisor_latch) != 0;
  switch (address & 7) {
    case Data:
      if (divisor_access) {
        divisor_ = static_cast<u16>((divisor_ & 0xFF00) | value);
      } else {
        transmit(value);
      }
      break;
    case InterruptEnable:
      if (divisor_access) {
        divisor_ = static_cast<u16>((divisor_ & 0x00FF) | value << 8);
      } else {
        // Enabling the interrupt while the register is empty raises it. [16550A, IER bit 1]
        const u8 risen = value & ~interrupt_enable_;
        if ((risen & ier::transmitter_empty) && transmitter_.empty()) thr_interrupt_ = true;
        interrupt_enable_ = value & 0x0F;
      }
      break;
    case InterruptIdentification:
      write_fifo_control(value);
      break;
    case LineControl: {
      const u8 risen = value & ~line_control_;
      line_control_ = value;
      if ((risen & lcr::send_break) && (modem_control_ & mcr::loop)) {
        receive(0, lsr::break_received | lsr::framing);
      }
      break;
    }
    case ModemControl: {
      const u8 before = modem_inputs();
      modem_control_ = value & 0x1F;
      update_modem(before);
      offer_input();
      break;
    }
    case LineStatus:
    case ModemStatus:
      break;  // read-only
    case Scratch:
      scratch_ = value;
      break;
  }
  update_interrupt();
}

}  // namespace faultline
