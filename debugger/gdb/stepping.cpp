// Steps, and the way back from handlers.
#include "debugger/gdb/stepping.hpp"

namespace faultline::gdb {

u32 running_thread(DebugSession& session) {
  const KernelObjects* objects = session.symbols().objects();
  const auto thread = objects != nullptr ? objects->current_thread() : std::nullopt;
  return thread ? thread->address : 0;
}

/// Notes the first delivery through the IDT that is to be skipped, and where it will return to.
class Stepper::Deliveries final : public Observation {
 public:
  Deliveries(const Stepper& stepper, Skip skip) : stepper_(stepper), skip_(skip) {
    micro_steps = false;
    stepper_.session_.listen(*this);
  }
  ~Deliveries() override { stepper_.session_.unlisten(*this); }
  Deliveries(const Deliveries&) = delete;
  Deliveries& operator=(const Deliveries&) = delete;

  void interrupt(u8 vector, bool external, bool, u32) override {
    const bool fault =
        vector == static_cast<u8>(Vector::PF) || vector == static_cast<u8>(Vector::NM);
    if (!back && (external || (skip_ == Skip::Faults && fault))) back = stepper_.here();
  }
  std::optional<Place> back;

 private:
  const Stepper& stepper_;
  Skip skip_;
};

Stepper::Place Stepper::here() const {
  return {session_.linear_eip(), session_.state().general[ESP], running_thread(session_)};
}

StopReport Stepper::step() { return step(Skip::Interrupts); }

StopReport Stepper::step(Skip skip) {
  const Place start = here();
  for (;;) {
    std::optional<Place> back;
    StopReport report;
    {
      const Deliveries deliveries(*this, skip);
      report = session_.step();
      back = deliveries.back;
    }
    if (report.reason != StopReason::Step || !back) return report;
    report = come_back(*back);
    // Where nothing of the instruction was done yet, it is still to be stepped.
    if (report.reason != StopReason::Step || here() != start) return report;
  }
}

StopReport Stepper::wait_for(const GuestThread& thread) {
  constexpr unsigned esp = 4, eip = 8;
  const GuestMemory& memory = session_.memory();
  return come_back({saved_register(memory, thread, eip).value_or(0),
                    saved_register(memory, thread, esp).value_or(0), thread.address});
}

StopReport Stepper::leave(u32 start, u32 end, const std::function<bool()>& interrupted) {
  constexpr unsigned polls_every = 256;
  for (unsigned n = 1;; ++n) {
    StopReport report = step(Skip::Faults);
    if (report.reason != StopReason::Step) return report;
    if (session_.state().eip - start >= end - start) return report;
    if (n % polls_every == 0 && interrupted()) {
      report.reason = StopReason::Interrupted;
      return report;
    }
  }
}

/// Runs until the interrupted thread goes on there, or, from a fault, in the program's own handler.
StopReport Stepper::come_back(const Place& place) {
  Breakpoints& all = session_.breakpoints();
  const auto stop_at = [&all](u32 address) {
    Breakpoint b;
    b.address = address;
    b.said = "return from an interrupt";
    return all.add(b).number;
  };
  struct Own {
    Breakpoints& all;
    std::vector<unsigned> numbers;
    ~Own() {
      for (const unsigned number : numbers) all.remove(number);
    }
    bool has(const StopReport& report) const {
      return report.breakpoint &&
             std::find(numbers.begin(), numbers.end(), *report.breakpoint) != numbers.end();
    }
  } own{all, {stop_at(place.linear)}};
  const auto dispatcher = session_.symbols().address_of("KiUserExceptionDispatcher");
  if (dispatcher) own.numbers.push_back(stop_at(*dispatcher));
  for (;;) {
    StopReport report = session_.go();
    if (!own.has(report)) return report;
    const Place now = here();
    if (now.thread != place.thread || (now.linear == place.linear && now.esp != place.esp))
      continue;
    report.reason = StopReason::Step;
    report.breakpoint.reset();
    report.what.clear();
    return report;
  }
}

}  // namespace faultline::gdb
