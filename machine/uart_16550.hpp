// COM1: a 16550A and the terminal at the other end of its cable. [16550A]
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <span>

#include "machine/bus.hpp"
#include "machine/scheduler.hpp"

namespace faultline {

/// A FIFO of 16 bytes, or of one byte while FCR disables it.
template <typename T>
class UartFifo {
 public:
  bool empty() const { return count_ == 0; }
  unsigned size() const { return count_; }
  bool full(unsigned depth) const { return count_ >= depth; }
  void clear() { count_ = 0; }
  void push(T value) { items_[(first_ + count_++) % items_.size()] = value; }
  const T& front() const { return items_[first_]; }
  T& front() { return items_[first_]; }
  T& back() { return items_[(first_ + count_ - 1) % items_.size()]; }
  T pop() {
    const T value = items_[first_];
    first_ = (first_ + 1) % items_.size();
    --count_;
    return value;
  }
  void archive(auto& a) {
    a(items_, first_, count_);
    a.require(first_ < items_.size() && count_ <= items_.size(), "a FIFO");
  }

 private:
  std::array<T, 16> items_{};
  unsigned first_ = 0;
  unsigned count_ = 0;
};

/// Bytes travel at the programmed baud rate of the emulated clock, never by host readiness.
/// The terminal obeys hardware flow control: it sends a byte only while the guest asserts both DTR
/// and RTS (MCR bits 1:0), and holds the rest, so that input piped before the guest listens is not
/// lost. It always asserts CTS, DSR and DCD.
class Uart16550 : public PortDevice {
 public:
  using Sink = std::function<void(u8)>;

  /// `irq` receives the level of the interrupt line (INTR gated by MCR.OUT2, as on the AT).
  Uart16550(Scheduler& scheduler, u32 cpu_hz, Sink sink, std::function<void(bool)> irq);

  /// What the terminal holds for a guest that does not listen; more is lost.
  static constexpr std::size_t terminal_buffer = 1 << 16;
  /// What the terminal types: appended at any time, sent when the guest lets it.
  void input(std::span<const u8> bytes);
  /// True when the terminal has nothing left to send.
  bool input_sent() const { return incoming_.empty(); }
  /// The bytes still in the transmitter reach the sink now: the line outlives the run.
  void drain();
  void reset();  // MR pin [16550A table 1]

  void archive(auto& a) {
    a(interrupt_enable_, fifo_control_, line_control_, modem_control_, modem_delta_, scratch_,
      line_errors_, divisor_, receiver_, transmitter_, shifting_, shift_register_, last_received_,
      thr_interrupt_, timeout_pending_, incoming_);
    a.require(incoming_.size() <= terminal_buffer, "what the terminal holds");
    for (Event* event : {&transmitted_, &arrival_, &timeout_}) scheduler_.archive(a, *event);
  }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  struct Received {
    u8 byte;
    u8 errors;  // LSR bits that travel with the byte
    void archive(auto& a) { a(byte, errors); }
  };
  bool fifo_enabled() const;
  unsigned depth() const { return fifo_enabled() ? 16 : 1; }
  unsigned trigger_level() const;
  u64 after_characters(unsigned characters) const;
  unsigned frame_bits() const;
  bool terminal_may_send() const;
  u8 line_status() const;
  u8 modem_inputs() const;
  u8 interrupt_identification() const;
  void update_interrupt();
  void update_modem(u8 before);
  void transmit(u8 byte);
  void load_shift_register();
  void transmitted();
  void arrive();
  void receive(u8 byte, u8 errors);
  void offer_input();
  void restart_timeout();
  void timed_out();
  u8 read_receiver();
  void write_fifo_control(u8 value);

  Scheduler& scheduler_;
  Oscillator crystal_;
  Sink sink_;
  std::function<void(bool)> irq_;
  Event transmitted_{[this] { transmitted(); }};
  Event arrival_{[this] { arrive(); }};
  Event timeout_{[this] { timed_out(); }};

  u8 interrupt_enable_ = 0, fifo_control_ = 0, line_control_ = 0, modem_control_ = 0;
  u8 modem_delta_ = 0, scratch_ = 0, line_errors_ = 0;
  u16 divisor_ = 1;  // undefined after a master reset: 115200 baud here
  UartFifo<Received> receiver_;
  UartFifo<u8> transmitter_;
  bool shifting_ = false;
  u8 shift_register_ = 0;
  u8 last_received_ = 0;
  bool thr_interrupt_ = false;
  bool timeout_pending_ = false;
  std::deque<u8> incoming_;
};

}  // namespace faultline
