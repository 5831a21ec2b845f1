// Several observations of one machine: each is told of everything, in the order they were added.
#pragma once

#include <vector>

#include "cpu/observer.hpp"

namespace faultline {

class Observers final : public Observation {
 public:
  Observers() { micro_steps = false; }
  /// It outlives this, or is never told again.
  void add(Observation& observation) {
    all_.push_back(&observation);
    micro_steps = micro_steps || observation.micro_steps;
  }
  bool empty() const { return all_.empty(); }

  void instruction() override {
    for (Observation* o : all_) o->instruction();
  }
  void fetch(LinearAddress address, u32 bytes) override {
    for (Observation* o : all_) o->fetch(address, bytes);
  }
  void data(AccessKind kind, LinearAddress address, u32 bytes, u32 value) override {
    for (Observation* o : all_) o->data(kind, address, bytes, value);
  }
  void page_fault(const PageFault& fault) override {
    for (Observation* o : all_) o->page_fault(fault);
  }
  void interrupt(u8 vector, bool external, bool has_error, u32 error) override {
    for (Observation* o : all_) o->interrupt(vector, external, has_error, error);
  }
  bool intercepts(u8 vector, u32& eip) override {
    for (Observation* o : all_)
      if (o->intercepts(vector, eip)) return true;
    return false;
  }
  void micro(const MicroStep& step) override {
    for (Observation* o : all_)
      if (o->micro_steps) o->micro(step);
  }

 private:
  std::vector<Observation*> all_;
};

}  // namespace faultline
