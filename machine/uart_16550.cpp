// 16550A UART.
#include "machine/uart_16550.hpp"

#include "arch/ports.hpp"

namespace faultline {

namespace {
constexpr u32 crystal_hz = 1843200;  // 16 ticks of it, times the divisor, are one bit

// [16550A, table 2]
enum Register : u8 {
  Data,
  InterruptEnable,
  InterruptIdentification,
  LineControl,
  ModemControl,
  LineStatus,
  ModemStatus,
  Scratch
};
namespace ier {
constexpr u8 received = 1 << 0, transmitter_empty = 1 << 1, line_status = 1 << 2, modem = 1 << 3;
}
namespace iir {
constexpr u8 none = 0x01, modem = 0x00, transmitter_empty = 0x02, received = 0x04,
             line_status = 0x06, timeout = 0x0C, fifos = 0xC0;
}
namespace fcr {
constexpr u8 enable = 1 << 0, clear_receiver = 1 << 1, clear_transmitter = 1 << 2;
}
namespace lcr {
constexpr u8 two_stop_bits = 1 << 2, parity = 1 << 3, send_break = 1 << 6, divisor_latch = 1 << 7;
}
namespace mcr {
constexpr u8 dtr = 1 << 0, rts = 1 << 1, out1 = 1 << 2, out2 = 1 << 3, loop = 1 << 4;
}
namespace lsr {
constexpr u8 data_ready = 1 << 0, overrun = 1 << 1, framing = 1 << 3, break_received = 1 << 4,
             holding_empty = 1 << 5, transmitter_empty = 1 << 6, fifo_error = 1 << 7;
constexpr u8 errors = 0x1E;
}  // namespace lsr
namespace msr {
constexpr u8 cts = 1 << 4, dsr = 1 << 5, ri = 1 << 6, dcd = 1 << 7;
}
}  // namespace

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

/// Start, data, parity and stop bits of one character.
unsigned Uart16550::frame_bits() const {
  return 1 + 5 + (line_control_ & 3) + (line_control_ & lcr::parity ? 1 : 0) +
         (line_control_ & lcr::two_stop_bits ? 2 : 1);
}

/// The clock at which `characters` characters from now have passed the line.
u64 Uart16550::after_characters(unsigned characters) const {
  const u64 divisor = divisor_ == 0 ? 0x10000 : divisor_;
  return crystal_.clock_at(crystal_.ticks() + characters * frame_bits() * 16 * divisor);
}

void Uart16550::transmit(u8 byte) {
  thr_interrupt_ = false;
  if (transmitter_.full(depth())) {
    if (fifo_enabled()) return;  // the FIFO keeps what it has
    transmitter_.back() = byte;
    return;
  }
  transmitter_.push(byte);
  if (!shifting_) load_shift_register();
}

void Uart16550::load_shift_register() {
  shift_register_ = transmitter_.pop();
  shifting_ = true;
  if (transmitter_.empty()) thr_interrupt_ = true;
  scheduler_.schedule(transmitted_, after_characters(1));
}

void Uart16550::transmitted() {
  shifting_ = false;
  if (modem_control_ & mcr::loop) {
    receive(shift_register_, 0);
  } else {
    sink_(shift_register_);
  }
  if (!transmitter_.empty()) load_shift_register();
  update_interrupt();
}

void Uart16550::drain() {
  while (shifting_) {
    scheduler_.cancel(transmitted_);
    transmitted();
  }
}

void Uart16550::input(std::span<const u8> bytes) {
  incoming_.insert(incoming_.end(), bytes.begin(), bytes.end());
  offer_input();
}

bool Uart16550::terminal_may_send() const {
  constexpr u8 listening = mcr::dtr | mcr::rts;
  return (modem_control_ & (listening | mcr::loop)) == listening;
}

void Uart16550::offer_input() {
  if (incoming_.empty() || arrival_.pending() || !terminal_may_send()) return;
  scheduler_.schedule(arrival_, after_characters(1));
}

void Uart16550::arrive() {
  if (!terminal_may_send()) return;  // the byte waits in the terminal
  const u8 byte = incoming_.front();
  incoming_.pop_front();
  receive(byte, 0);
  offer_input();
}

void Uart16550::receive(u8 byte, u8 errors) {
  if (receiver_.full(depth())) {
    line_errors_ |= lsr::overrun;
    // Without FIFOs the new character overwrites the old; with them it is lost. [16550A, LSR OE]
    if (!fifo_enabled()) receiver_.back() = {byte, errors};
  } else {
    receiver_.push({byte, errors});
  }
  restart_timeout();
  update_interrupt();
}

/// Four character times without a byte in or out of a waiting FIFO. [16550A, FIFO Interrupt Mode]
void Uart16550::restart_timeout() {
  timeout_pending_ = false;
  if (fifo_enabled() && !receiver_.empty()) {
    scheduler_.schedule(timeout_, after_characters(4));
  } else {
    scheduler_.cancel(timeout_);
  }
}

void Uart16550::timed_out() {
  timeout_pending_ = true;
  update_interrupt();
}

u8 Uart16550::read_receiver() {
  if (receiver_.empty()) return last_received_;
  last_received_ = receiver_.pop().byte;
  restart_timeout();
  return last_received_;
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
