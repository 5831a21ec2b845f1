// Follows page faults from the paging unit through the kernel's handler and back.
#include "debugger/fault_log.hpp"

#include <algorithm>
#include <cctype>

namespace faultline {
namespace {

bool succeeded(u32 status) { return (status & 0x80000000u) == 0; }  // NT_SUCCESS

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::toupper(x) == std::toupper(y);
  });
}

}  // namespace

FaultLog::FaultLog(const State& state, const GuestMemory& memory, std::vector<Module> modules,
                   Sink sink)
    : state_(state), memory_(memory), modules_(std::move(modules)), sink_(std::move(sink)) {
  micro_steps = false;
  if (!modules_.empty()) handler_ = modules_.front().address_of("MmAccessFault");
}

void FaultLog::page_fault(const PageFault& fault) {
  Fault entry;
  FaultRecord& record = entry.record;
  record.cycle = state_.clock.now;
  record.eip = state_.segment[CS].base + state_.eip;
  record.address = fault.address.value;
  record.error_code = fault.error_code;
  record.access = fault.kind;
  std::optional<ProcessView> process;
  if (find_objects()) {
    if (const auto thread = objects_->current_thread()) {
      entry.thread = thread->address;
      record.thread_id = thread->id;
      process = objects_->process_of(*thread);
    }
  }
  if (process) {
    record.process = process->name;
    record.process_id = process->id;
  }
  record.symbol = describe(record.eip, process ? &*process : nullptr);
  entry.cpl = state_.cpl();
  entry.esp = state_.general[ESP];
  faults_.push_back(std::move(entry));
  ++open_;
}

void FaultLog::instruction() {
  if (open_ == 0) return;
  const u32 eip = state_.segment[CS].base + state_.eip;
  if (eip == handler_) {
    enter_handler();
  } else if (leave_handler(eip) || resume(eip)) {
    flush();
  }
}

/// The latest fault of this thread that is still on its way is the one being handled.
void FaultLog::enter_handler() {
  const u32 thread = current_thread();
  const auto fault = std::find_if(faults_.rbegin(), faults_.rend(), [&](const Fault& f) {
    return f.stage == Stage::Delivered && f.thread == thread;
  });
  if (fault == faults_.rend()) return;  // called for another reason than a fault
  fault->handler_esp = state_.general[ESP];
  const auto return_address = memory_.dword(state_.segment[SS].base + fault->handler_esp);
  if (!return_address) return;
  fault->return_address = state_.segment[CS].base + *return_address;
  fault->stage = Stage::InHandler;
}

/// A RET takes at least the return address off the stack, and stdcall's RET n the arguments too.
bool FaultLog::leave_handler(u32 eip) {
  constexpr u32 most_popped = 4 + 32;
  for (Fault& fault : faults_) {
    const u32 popped = state_.general[ESP] - fault.handler_esp;
    if (fault.stage != Stage::InHandler || eip != fault.return_address || popped < 4 ||
        popped > most_popped) {
      continue;
    }
    fault.record.status = state_.general[EAX];
    fault.record.cycles = state_.clock.now - fault.record.cycle;
    fault.stage = Stage::Done;
    if (changed_) changed_(fault.record);
    if (succeeded(*fault.record.status)) {
      fault.stage = Stage::Resuming;
      return false;
    }
    --open_;
    return true;
  }
  return false;
}

bool FaultLog::resume(u32 eip) {
  for (Fault& fault : faults_) {
    if (fault.stage != Stage::Resuming || eip != fault.record.eip || state_.cpl() != fault.cpl ||
        state_.general[ESP] != fault.esp || current_thread() != fault.thread) {
      continue;
    }
    fault.record.cycles = state_.clock.now - fault.record.cycle;
    fault.stage = Stage::Done;
    if (changed_) changed_(fault.record);
    --open_;
    return true;
  }
  return false;
}

void FaultLog::flush() {
  while (!faults_.empty() && faults_.front().stage == Stage::Done) {
    sink_(faults_.front().record);
    faults_.pop_front();
  }
}

void FaultLog::finish() {
  for (const Fault& fault : faults_) sink_(fault.record);
  faults_.clear();
  open_ = 0;
}

bool FaultLog::find_objects() {
  if (!objects_ && !modules_.empty()) {
    const auto block = modules_.front().address_of("KdDebuggerDataBlock");
    if (block) objects_ = KernelObjects::find(memory_, *block);
  }
  return objects_.has_value();
}

u32 FaultLog::current_thread() const {
  const auto thread = objects_ ? objects_->current_thread() : std::nullopt;
  return thread ? thread->address : 0;
}

/// The images of the process that runs now: as its loader lists them, or, while that list is not
/// made yet, its own program and the DLLs where they want to lie.
std::string FaultLog::describe(u32 eip, const ProcessView* process) {
  if (!modules_.empty() && modules_.front().contains(eip)) return modules_.front().describe(eip);
  if (process == nullptr) return {};
  const auto listed = objects_->modules_of(*process);
  for (Module& module : modules_) {
    const auto view = std::find_if(listed.begin(), listed.end(), [&](const ModuleView& v) {
      return same_name(v.name, module.name());
    });
    if (view != listed.end()) {
      module.move_to(view->base);
    } else if (!listed.empty() ||
               (!module.image().dll && !same_name(module.name(), process->name))) {
      continue;
    }
    if (module.contains(eip)) return module.describe(eip);
  }
  return {};
}

}  // namespace faultline
