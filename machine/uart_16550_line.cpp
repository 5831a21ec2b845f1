// 16550A UART: characters on the line, FIFOs, and the terminal's flow control.
#include <algorithm>

#include "machine/uart_16550.hpp"
#include "machine/uart_registers.hpp"

namespace faultline {

using namespace uart;

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
  const auto taken = bytes.first(std::min(bytes.size(), terminal_buffer - incoming_.size()));
  incoming_.insert(incoming_.end(), taken.begin(), taken.end());
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

}  // namespace faultline
