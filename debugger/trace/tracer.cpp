#include "debugger/trace/tracer.hpp"

#include <fmt/format.h>

#include "mmu/peek.hpp"

namespace faultline {
namespace {

constexpr u8 page_fault_vector = static_cast<u8>(arch::Vector::PF);
constexpr u8 system_service_vector = 0x2E;

}  // namespace

Tracer::Tracer(const CpuContext& context, const GuestMemory& memory, std::vector<Module> modules,
               SliceSink& sink, TracerOptions options)
    : context_(context),
      memory_(memory),
      kernel_(modules.front()),
      service_table_(kernel_.address_of("KiServiceTable")),
      window_(sink, options),
      faults_(context.state, memory, std::move(modules),
              [this](const FaultRecord& record) { resolved(record); }),
      thread_(memory, kernel_),
      handlers_(context.state,
                [this](Slice&& slice, const Handler* handler, bool last) {
                  handler_slice(std::move(slice), handler, last);
                }),
      walks_(window_),
      disk_(window_),
      with_walks_(options.walks) {}

void Tracer::instruction() {
  faults_.instruction();
  if (thread_.switched()) handlers_.switch_to(thread_.thread());
  if (delivery_ && delivery_->delivered) {
    handlers_.enter(handler_of(*delivery_), delivery_->begin, memory_, delivery_->error_code);
    delivery_.reset();
    return;
  }
  handlers_.instruction();
}

void Tracer::data(AccessKind kind, LinearAddress address, u32 bytes, u32) {
  if (kind == AccessKind::Write) thread_.stored(address, bytes);
}

void Tracer::page_fault(const PageFault& fault) {
  faults_.page_fault(fault);
  fault_ = {context_.state.clock.now, fault.address.value};
}

void Tracer::interrupt(u8 vector, bool external, bool has_error, u32) {
  const bool fault = vector == page_fault_vector && !external && fault_;
  delivery_ = Delivery{.vector = vector,
                       .external = external,
                       .error_code = has_error,
                       .begin = fault ? fault_->first : context_.state.clock.now,
                       .service = context_.state.general[EAX]};
}

void Tracer::micro(const MicroStep& step) {
  switch (step.what) {
    case MicroEvent::Delivered:
      if (!delivery_) return;
      delivery_->handler = step.linear.value;
      delivery_->delivered = true;
      handlers_.leave_user(delivery_->begin);
      return;
    case MicroEvent::ControlWrite:
      return thread_.control_loaded();
    case MicroEvent::PortRead:
    case MicroEvent::PortWrite:
      return disk_.micro(step, [this] { return cause_of_transfer(); });
    default:
      if (with_walks_) walks_.micro(step);
  }
}

Handler Tracer::handler_of(const Delivery& delivery) {
  Handler handler;
  handler.name = kernel_.contains(delivery.handler) ? kernel_.describe(delivery.handler)
                                                    : fmt::format("vector {:02X}", delivery.vector);
  if (delivery.external) {
    handler.cause = Cause::Interrupt;
  } else if (delivery.vector == page_fault_vector && fault_) {
    handler.cause = Cause::PageFault;
    handler.name = "page fault";
    handler.fault = fault_->first;
    handler.address = fault_->second;
  } else if (delivery.vector == system_service_vector) {
    handler.cause = Cause::SystemCall;
    handler.name = service_name(delivery.service);
  } else {
    // In real mode, firmware's services stand among the vectors of exceptions.
    const bool real = (context_.mmu.registers.cr0 & cr0::PE) == 0;
    const bool called = delivery.vector >= (real ? 0x10 : 0x20);
    handler.cause = called ? Cause::SoftwareInterrupt : Cause::Exception;
  }
  fault_.reset();
  return handler;
}

/// The table's entries are a routine and the bytes of its arguments.
std::string Tracer::service_name(u32 number) {
  constexpr u32 most_services = 0x1000;
  if (service_table_ && number < most_services) {
    const auto routine = memory_.dword(*service_table_ + number * 8);
    if (routine && kernel_.contains(*routine)) {
      const std::string name = kernel_.describe(*routine);
      return name.substr(name.find('!') + 1);
    }
  }
  return fmt::format("system call {:X}", number);
}

/// The pieces of a page fault wait for its record, which tells how it was resolved.
void Tracer::handler_slice(Slice&& slice, const Handler* handler, bool last) {
  if (handler == nullptr || handler->cause != Cause::PageFault) return window_.slice(slice);
  const Peek<Paging> peek(context_.mmu.registers, context_.memory);
  if (const auto at = peek.translate({*slice.address})) {
    slice.frame = at->value >> arch::Geometry<Paging>::page_shift;
  }
  Fault& fault = open_[handler->fault];
  fault.pieces.push_back(std::move(slice));
  fault.ended = last;
  if (fault.known) tell(handler->fault, fault);
}

void Tracer::resolved(const FaultRecord& record) {
  Fault& fault = open_[record.cycle];
  fault.known = true;
  fault.kind = record.status ? resolution_name(*record.status) : "unresolved";
  tell(record.cycle, fault);
}

void Tracer::tell(u64 found, Fault& fault) {
  for (Slice& slice : fault.pieces) {
    slice.kind = fault.kind;
    window_.slice(slice);
  }
  fault.pieces.clear();
  if (fault.ended) open_.erase(found);
}

/// A transfer is of the thread that asks for it.
Slice Tracer::cause_of_transfer() const {
  Slice slice;
  const RunningThread& thread = handlers_.thread();
  slice.process = thread.process.name;
  slice.process_id = thread.process.id;
  slice.thread_id = thread.id;
  if (handlers_.innermost(Cause::PageFault) != nullptr) {
    slice.kind = "for a page fault";
  } else if (const std::string* service = handlers_.innermost(Cause::SystemCall)) {
    slice.kind = "for " + *service;
  } else {
    slice.kind = "for a thread of the kernel";
  }
  return slice;
}

void Tracer::finish() {
  handlers_.finish();
  faults_.finish();
}

}  // namespace faultline
