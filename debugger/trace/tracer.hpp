// Watches a machine and makes slices of its run, one lane beside the other.
#pragma once

#include <map>

#include "cpu/engine.hpp"
#include "debugger/fault_log.hpp"
#include "debugger/trace/disk_lane.hpp"
#include "debugger/trace/handler_lanes.hpp"
#include "debugger/trace/running_thread.hpp"
#include "debugger/trace/walk_lanes.hpp"

namespace faultline {

struct TracerOptions {
  u64 from = 0, to = ~u64{0};  // slices that end before, or begin after, are left out
  bool walks = true;           // the lanes walker and tlb
};

class Tracer final : public Observation {
 public:
  /// `modules` as for FaultLog, the kernel first. All references outlive the tracer; `sink` gets
  /// each slice once, when it has ended and, of a page fault, when its resolution is known.
  Tracer(const CpuContext& context, const GuestMemory& memory, std::vector<Module> modules,
         SliceSink& sink, TracerOptions options = {});

  void instruction() override;
  void data(AccessKind kind, LinearAddress address, u32 bytes, u32 value) override;
  void page_fault(const PageFault& fault) override;
  void interrupt(u8 vector, bool external, bool has_error, u32 error) override;
  void micro(const MicroStep& step) override;

  /// The run has ended: what is still open ends too.
  void finish();

 private:
  struct Window final : SliceSink {  // lets through what lies in the time asked for
    Window(SliceSink& sink, const TracerOptions& options) : sink(sink), options(options) {}
    void slice(const Slice& slice) override {
      if (slice.end >= options.from && slice.begin <= options.to) sink.slice(slice);
    }
    SliceSink& sink;
    TracerOptions options;
  };
  struct Delivery {
    u8 vector = 0;
    bool external = false, error_code = false, delivered = false;
    u64 begin = 0;
    u32 service = 0;  // EAX
    u32 handler = 0;  // where it begins
  };

  struct Fault {
    bool known = false, ended = false;  // how it was resolved; that its handler has returned
    std::string kind;
    std::vector<Slice> pieces;  // that wait to be told
  };

  Handler handler_of(const Delivery& delivery);
  std::string service_name(u32 number);
  void handler_slice(Slice&& slice, const Handler* handler, bool last);
  void resolved(const FaultRecord& record);
  void tell(u64 found, Fault& fault);
  Slice cause_of_transfer() const;

  const CpuContext& context_;
  const GuestMemory& memory_;
  Module kernel_;
  std::optional<u32> service_table_;
  Window window_;
  FaultLog faults_;
  ThreadWatch thread_;
  HandlerLanes handlers_;
  WalkLanes walks_;
  DiskLane disk_;
  bool with_walks_;
  std::optional<Delivery> delivery_;
  std::optional<std::pair<u64, u32>> fault_;  // found last: clock, address
  std::map<u64, Fault> open_;                 // by the clock they were found at
};

}  // namespace faultline
