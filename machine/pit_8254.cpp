// 8254 interval timer.
#include "machine/pit_8254.hpp"

#include <algorithm>

#include "arch/ports.hpp"

namespace faultline {

namespace {
constexpr u64 for_ever = ~u64{0};

constexpr u32 from_bcd(u16 value) {
  return (value >> 12) * 1000u + (value >> 8 & 15) * 100u + (value >> 4 & 15) * 10u + (value & 15u);
}
constexpr u16 to_bcd(u32 value) {
  return static_cast<u16>((value / 1000 % 10) << 12 | (value / 100 % 10) << 8 |
                          (value / 10 % 10) << 4 | value % 10);
}
}  // namespace

void PitCounter::control(u8 word) {
  access_ = static_cast<Access>(word >> 4 & 3);
  mode_ = word >> 1 & 7;
  if (mode_ > 5) mode_ -= 4;  // bit 2 is "don't care" in modes 2 and 3 [8254, Control Word Format]
  bcd_ = (word & 1) != 0;
  output_ = mode_ != 0;
  programmed_ = running_ = load_pending_ = armed_ = false;
  null_count_ = true;
  write_high_next_ = read_high_next_ = write_held_ = false;
  count_latched_ = 0;
  status_latched_ = false;
}

void PitCounter::write(u8 value) {
  switch (access_) {
    case Access::Low:
      count_written(value);
      return;
    case Access::High:
      count_written(static_cast<u16>(value << 8));
      return;
    case Access::Both:
      break;
  }
  if (!write_high_next_) {
    first_byte_ = value;
    if (mode_ == 0) {  // the first byte stops the count and drops OUT [8254, Mode 0]
      write_held_ = true;
      output_ = false;
    }
  } else {
    count_written(static_cast<u16>(value << 8 | first_byte_));
  }
  write_high_next_ = !write_high_next_;
}

void PitCounter::count_written(u16 encoded) {
  count_ = bcd_ ? from_bcd(encoded) % modulus() : encoded;
  programmed_ = null_count_ = true;
  write_held_ = false;
  if (mode_ == 0) output_ = false;
  // Modes 1 and 5 wait for a trigger; 2 and 3 finish the period they are in.
  if (mode_ == 0 || mode_ == 4 || (periodic() && !running_)) load_pending_ = true;
}

void PitCounter::set_gate(bool level) {
  const bool rising = level && !gate_;
  gate_ = level;
  if (!level && periodic()) output_ = true;  // at once, without a CLK [8254, Modes 2 and 3]
  if (rising && (periodic() || triggered()) && programmed_) load_pending_ = true;
}

bool PitCounter::counting() const { return running_ && !write_held_ && (gate_ || triggered()); }

void PitCounter::load() {
  load_pending_ = null_count_ = false;
  running_ = armed_ = true;
  element_ = reload_count();
  if (mode_ == 3) {  // an odd count is loaded less one [8254, Mode 3]
    odd_ = (element_ & 1) != 0;
    element_ &= ~1u;
  }
  if (mode_ == 1) output_ = false;
  if (periodic()) output_ = true;
}

void PitCounter::pulse_square_wave() {
  if (element_ > 2) {
    element_ -= 2;
  } else if (element_ == 2 && odd_ && output_) {
    element_ = 0;  // the high half of an odd count lasts one CLK longer
  } else {
    const bool next = !output_;
    load();
    output_ = next;
  }
}

void PitCounter::pulse() {
  if (strobe() && !output_) output_ = true;  // the strobe is one CLK wide
  if (load_pending_) return load();
  if (!counting()) return;
  if (mode_ == 3) return pulse_square_wave();
  if (mode_ == 2) {
    if (element_ == 1) return load();
    if (--element_ == 1) output_ = false;
    return;
  }
  element_ = (element_ == 0 ? modulus() : element_) - 1;
  if (element_ != 0 || !armed_) return;
  armed_ = false;  // the count goes on from the modulus without further effect
  output_ = !strobe();
}

u64 PitCounter::quiet_pulses() const {
  if (load_pending_ || (strobe() && !output_)) return 0;
  if (!counting()) return for_ever;
  if (mode_ == 3) return element_ > 2 ? (element_ - 2) / 2 : 0;
  const u32 eventful = mode_ == 2 ? 2 : 1;
  return element_ > eventful ? element_ - eventful : 0;
}

void PitCounter::pass_quiet(u64 pulses) {
  if (counting()) element_ -= static_cast<u32>(mode_ == 3 ? 2 * pulses : pulses);
}

void PitCounter::advance(u64 pulses) {
  while (pulses > 0) {
    if (periodic() && counting() && !load_pending_ && !null_count_) {
      const u64 period = std::max<u64>(reload_count(), 2);  // 1 is no legal count here
      if (pulses >= 2 * period) pulses = pulses % period + period;
    }
    const u64 quiet = std::min(quiet_pulses(), pulses);
    pass_quiet(quiet);
    pulses -= quiet;
    if (pulses == 0) return;
    pulse();
    --pulses;
  }
}

u64 PitCounter::pulses_to_edge() const {
  PitCounter probe = *this;
  u64 passed = 0;
  // A load, the count, and a reload with a new count: OUT changes within those or not at all.
  for (int step = 0; step < 8; ++step) {
    const u64 quiet = probe.quiet_pulses();
    if (quiet == for_ever) return 0;
    probe.pass_quiet(quiet);
    probe.pulse();
    passed += quiet + 1;
    if (probe.output_ != output_) return passed;
  }
  return 0;
}

u16 PitCounter::encoded_element() const {
  return bcd_ ? to_bcd(element_) : static_cast<u16>(element_);
}

void PitCounter::latch_count() {
  if (count_latched_ > 0) return;  // the first latch holds until it is read
  latched_count_ = encoded_element();
  count_latched_ = access_ == Access::Both ? 2 : 1;
}

void PitCounter::latch_status() {
  if (status_latched_) return;
  status_latched_ = true;
  latched_status_ = static_cast<u8>((output_ ? 0x80 : 0) | (null_count_ ? 0x40 : 0) |
                                    static_cast<u8>(access_) << 4 | mode_ << 1 | (bcd_ ? 1 : 0));
}

u8 PitCounter::read() {
  if (status_latched_) {
    status_latched_ = false;
    return latched_status_;
  }
  const u16 count = count_latched_ > 0 ? latched_count_ : encoded_element();
  if (count_latched_ > 0) --count_latched_;
  bool high = access_ == Access::High;
  if (access_ == Access::Both) {
    high = read_high_next_;
    read_high_next_ = !read_high_next_;
  }
  return static_cast<u8>(high ? count >> 8 : count);
}

Pit8254::Pit8254(Scheduler& scheduler, u32 cpu_hz, std::function<void(bool)> irq0)
    : scheduler_(scheduler), clk_(scheduler.clock(), cpu_hz, pit_hz), irq0_(std::move(irq0)) {
  counters_[2].set_gate(false);
}

void Pit8254::catch_up() {
  u64 pulses = clk_.ticks() - passed_;
  passed_ += pulses;
  counters_[1].advance(pulses);
  counters_[2].advance(pulses);
  // Counter 0 edge by edge: an instruction can be longer than mode 2's low pulse.
  for (u64 edge = counters_[0].pulses_to_edge(); edge != 0 && edge <= pulses;
       edge = counters_[0].pulses_to_edge()) {
    counters_[0].advance(edge);
    pulses -= edge;
    follow_output0();
  }
  counters_[0].advance(pulses);
}

void Pit8254::follow_output0() {
  const bool level = counters_[0].output();
  if (level == irq0_level_) return;
  irq0_level_ = level;
  irq0_(level);
}

void Pit8254::plan() {
  follow_output0();
  const u64 edge = counters_[0].pulses_to_edge();
  if (edge == 0) return scheduler_.cancel(edge_);
  scheduler_.schedule(edge_, clk_.clock_at(passed_ + edge));
}

bool Pit8254::output(unsigned counter) {
  catch_up();
  return counters_[counter % 3].output();
}

void Pit8254::set_gate2(bool level) {
  catch_up();
  counters_[2].set_gate(level);
}

void Pit8254::control(u8 word) {
  const unsigned select = word >> 6;
  if (select < 3) {
    PitCounter& counter = counters_[select];
    if ((word & 0x30) == 0) return counter.latch_count();
    return counter.control(word);
  }
  for (unsigned i = 0; i < 3; ++i) {  // read-back [8254, Read-Back Command]
    if (!(word >> 1 & 1u << i)) continue;
    if (!(word & 0x20)) counters_[i].latch_count();
    if (!(word & 0x10)) counters_[i].latch_status();
  }
}

u32 Pit8254::port_read(u16 address, unsigned /*bytes*/) {
  if (address == port::pit_control) return 0xFF;  // the control register cannot be read
  catch_up();
  return counters_[address - port::pit_counter0].read();
}

void Pit8254::port_write(u16 address, unsigned /*bytes*/, u32 value) {
  catch_up();
  if (address == port::pit_control) {
    control(static_cast<u8>(value));
  } else {
    counters_[address - port::pit_counter0].write(static_cast<u8>(value));
  }
  plan();
}

}  // namespace faultline
