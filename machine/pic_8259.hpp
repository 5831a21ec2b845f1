// The two cascaded 8259A interrupt controllers. [8259A]
#pragma once

#include <functional>

#include "machine/bus.hpp"

namespace faultline {

/// One 8259A. It is clockless: its INT output follows from its registers.
class Pic8259 {
 public:
  explicit Pic8259(bool master) : master_(master) {}

  void set_request(unsigned line, bool level);
  bool interrupt_output() const { return requested_level() >= 0; }
  /// The level INTA would acknowledge now, or -1.
  int requested_level() const;
  /// The INTA sequence on this chip: returns the level, 7 when nothing is requested (spurious).
  unsigned acknowledge();
  u8 vector(unsigned level) const { return static_cast<u8>(vector_base_ | level); }
  u8 mask() const { return mask_; }

  u8 read(bool data_port);
  void archive(auto& a) {
    a(expect_, needs_icw4_, single_, level_triggered_, auto_eoi_, rotate_in_auto_eoi_,
      special_fully_nested_, special_mask_, read_in_service_, poll_, lines_, edge_, in_service_,
      mask_, vector_base_, lowest_);
    a.require(expect_ <= Expect::Icw4 && lowest_ < 8, "an interrupt controller");
  }
  void write(bool data_port, u8 value);

 private:
  enum class Expect : u8 { Ready, Icw2, Icw3, Icw4 };
  void initialize(u8 icw1);
  void end_of_interrupt(u8 ocw2);
  int highest(u8 levels) const;  // by rotating priority, or -1
  void enter_service(unsigned level);

  bool master_;
  Expect expect_ = Expect::Ready;
  bool needs_icw4_ = false, single_ = false, level_triggered_ = false;
  bool auto_eoi_ = false, rotate_in_auto_eoi_ = false, special_fully_nested_ = false;
  bool special_mask_ = false, read_in_service_ = false, poll_ = false;
  u8 lines_ = 0;  // IR input levels
  u8 edge_ = 0;   // edge sense latches
  u8 in_service_ = 0, mask_ = 0, vector_base_ = 0;
  u8 lowest_ = 7;      // the level with lowest priority
  u8 request() const;  // IRR
};

/// The pair as the AT wires it: the slave on IR2, both INTA cycles answered here.
class InterruptController : public PortDevice, public InterruptAcknowledge {
 public:
  /// `intr` receives the level of the master's INT pin whenever it changes.
  explicit InterruptController(std::function<void(bool)> intr) : intr_(std::move(intr)) {}

  /// IRQ 0-15 of the board; line 2 is the cascade and ignored.
  void set_irq(unsigned irq, bool level);
  u8 acknowledge() override;
  /// True when some line is not masked, so that an interrupt can still come.
  bool open() const;

  const Pic8259& master() const { return master_; }
  const Pic8259& slave() const { return slave_; }

  void archive(auto& a) { a(master_, slave_, level_); }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  void update();

  Pic8259 master_{true}, slave_{false};
  std::function<void(bool)> intr_;
  bool level_ = false;
};

}  // namespace faultline
