// 8259A interrupt controllers.
#include "machine/pic_8259.hpp"

#include "arch/ports.hpp"

namespace faultline {

namespace {
// Initialization and operation command words. [8259A, figures 7 and 8]
constexpr u8 icw1_ic4 = 1 << 0, icw1_single = 1 << 1, icw1_level = 1 << 3, icw1 = 1 << 4;
constexpr u8 icw4_auto_eoi = 1 << 1, icw4_special_fully_nested = 1 << 4;
constexpr u8 ocw3 = 1 << 3, ocw3_in_service = 1 << 0, ocw3_read = 1 << 1, ocw3_poll = 1 << 2,
             ocw3_special_mask = 1 << 5, ocw3_enable_special_mask = 1 << 6;
constexpr u8 ocw2_eoi = 1 << 5, ocw2_specific = 1 << 6, ocw2_rotate = 1 << 7;
constexpr unsigned cascade_line = 2;

constexpr u8 line_bit(unsigned level) { return static_cast<u8>(1u << level); }
}  // namespace

void Pic8259::set_request(unsigned line, bool level) {
  const u8 bit = line_bit(line);
  if (level) {
    if (!(lines_ & bit)) edge_ |= bit;
    lines_ |= bit;
  } else {
    // The request must stay until INTA: a line that falls takes its IRR bit with it. [8259A, IR]
    lines_ &= ~bit;
    edge_ &= ~bit;
  }
}

u8 Pic8259::request() const { return level_triggered_ ? lines_ : edge_; }

int Pic8259::highest(u8 levels) const {
  for (unsigned i = 1; i <= 8; ++i) {
    const unsigned level = (lowest_ + i) & 7;
    if (levels & line_bit(level)) return static_cast<int>(level);
  }
  return -1;
}

int Pic8259::requested_level() const {
  if (expect_ != Expect::Ready) return -1;
  for (unsigned i = 1; i <= 8; ++i) {
    const unsigned level = (lowest_ + i) & 7;
    const u8 bit = line_bit(level);
    const bool wanted = (request() & ~mask_ & bit) != 0;
    if (in_service_ & bit) {
      // Special mask: only the level's own mask bit inhibits it. [8259A, Special Mask Mode]
      if (special_mask_) continue;
      // Special fully nested: the slave may interrupt its own service. [8259A, SFNM]
      const bool nested = special_fully_nested_ && master_ && level == cascade_line;
      return nested && wanted ? static_cast<int>(level) : -1;
    }
    if (wanted) return static_cast<int>(level);
  }
  return -1;
}

void Pic8259::enter_service(unsigned level) {
  edge_ &= ~line_bit(level);
  if (!auto_eoi_) {
    in_service_ |= line_bit(level);
  } else if (rotate_in_auto_eoi_) {
    lowest_ = static_cast<u8>(level);
  }
}

unsigned Pic8259::acknowledge() {
  const int level = requested_level();
  if (level < 0) return 7;  // spurious: IR7 without its ISR bit [8259A, Interrupt Sequence]
  enter_service(static_cast<unsigned>(level));
  return static_cast<unsigned>(level);
}

u8 Pic8259::read(bool data_port) {
  if (poll_) {  // the read acts as INTA [8259A, Poll Command]
    poll_ = false;
    const int level = requested_level();
    if (level < 0) return 0;
    enter_service(static_cast<unsigned>(level));
    return static_cast<u8>(0x80 | level);
  }
  if (data_port) return mask_;
  return read_in_service_ ? in_service_ : request();
}

void Pic8259::initialize(u8 value) {
  // [8259A, ICW1]: edge sense reset, mask cleared, IR7 lowest, status read selects IRR.
  needs_icw4_ = (value & icw1_ic4) != 0;
  single_ = (value & icw1_single) != 0;
  level_triggered_ = (value & icw1_level) != 0;
  edge_ = 0;
  mask_ = 0;
  in_service_ = 0;
  lowest_ = 7;
  special_mask_ = read_in_service_ = poll_ = false;
  if (!needs_icw4_) auto_eoi_ = special_fully_nested_ = false;
  rotate_in_auto_eoi_ = false;
  expect_ = Expect::Icw2;
}

void Pic8259::end_of_interrupt(u8 value) {
  const bool rotate = (value & ocw2_rotate) != 0;
  const bool specific = (value & ocw2_specific) != 0;
  if (value & ocw2_eoi) {
    int level = value & 7;
    // A level masked in special mask mode is not cleared by a non-specific EOI.
    if (!specific) level = highest(special_mask_ ? in_service_ & ~mask_ : in_service_);
    if (level < 0) return;
    in_service_ &= ~line_bit(static_cast<unsigned>(level));
    if (rotate) lowest_ = static_cast<u8>(level);
  } else if (specific) {
    if (rotate) lowest_ = value & 7;  // set priority; without R the command is no operation
  } else {
    rotate_in_auto_eoi_ = rotate;
  }
}

void Pic8259::write(bool data_port, u8 value) {
  if (!data_port) {
    if (value & icw1) {
      initialize(value);
    } else if (value & ocw3) {
      if (value & ocw3_enable_special_mask) special_mask_ = (value & ocw3_special_mask) != 0;
      if (value & ocw3_poll) {
        poll_ = true;
      } else if (value & ocw3_read) {
        read_in_service_ = (value & ocw3_in_service) != 0;
      }
    } else {
      end_of_interrupt(value);
    }
    return;
  }
  switch (expect_) {
    case Expect::Ready:
      mask_ = value;
      return;
    case Expect::Icw2:
      vector_base_ = value & 0xF8;
      expect_ = !single_ ? Expect::Icw3 : needs_icw4_ ? Expect::Icw4 : Expect::Ready;
      return;
    case Expect::Icw3:  // which lines cascade is the board's wiring, not the program's choice
      expect_ = needs_icw4_ ? Expect::Icw4 : Expect::Ready;
      return;
    case Expect::Icw4:
      auto_eoi_ = (value & icw4_auto_eoi) != 0;
      special_fully_nested_ = (value & icw4_special_fully_nested) != 0;
      expect_ = Expect::Ready;
      return;
  }
}

void InterruptController::set_irq(unsigned irq, bool level) {
  if (irq == irq::cascade || irq > 15) return;
  if (irq < 8) {
    master_.set_request(irq, level);
  } else {
    slave_.set_request(irq - 8, level);
  }
  update();
}

void InterruptController::update() {
  master_.set_request(irq::cascade, slave_.interrupt_output());
  const bool level = master_.interrupt_output();
  if (level == level_) return;
  level_ = level;
  intr_(level);
}

u8 InterruptController::acknowledge() {
  const unsigned level = master_.acknowledge();
  // The master puts the slave's ID on the cascade lines; the slave drives the vector. A request
  // that vanished from the slave meanwhile reads as its level 7. [8259A, Cascade Mode]
  const u8 vector =
      level == irq::cascade ? slave_.vector(slave_.acknowledge()) : master_.vector(level);
  // The slave's INT falls between two INTA sequences, so a further request is a new edge.
  master_.set_request(irq::cascade, false);
  update();
  return vector;
}

bool InterruptController::open() const {
  const u8 cascade_bit = line_bit(irq::cascade);
  if ((master_.mask() | cascade_bit) != 0xFF) return true;
  return !(master_.mask() & cascade_bit) && slave_.mask() != 0xFF;
}

u32 InterruptController::port_read(u16 address, unsigned /*bytes*/) {
  Pic8259& chip = address < port::pic_slave_command ? master_ : slave_;
  const u8 value = chip.read((address & 1) != 0);
  update();
  return value;
}

void InterruptController::port_write(u16 address, unsigned /*bytes*/, u32 value) {
  Pic8259& chip = address < port::pic_slave_command ? master_ : slave_;
  chip.write((address & 1) != 0, static_cast<u8>(value));
  update();
}

}  // namespace faultline
