#include "debugger/explain/fault_recorder.hpp"

#include <algorithm>

namespace faultline {
namespace {

constexpr u32 page_mask = arch::Geometry<Paging>::page_mask;

bool same_page(u32 a, u32 b) { return ((a ^ b) & page_mask) == 0; }

}  // namespace

FaultRecorder::FaultRecorder(DebugSession& session) : session_(session) {
  begin_log();
  session_.follow(*this);
}

FaultRecorder::~FaultRecorder() { session_.unlisten(*this); }

void FaultRecorder::begin_log() {
  log_ = std::make_unique<FaultLog>(session_.state(), session_.memory(), session_.symbols().known(),
                                    [](const FaultRecord&) {});
  log_->on_change([this](const FaultRecord& record) { changed(record); });
}

/// The machine may have run unheard, or been put into its past.
void FaultRecorder::follow_time() {
  if (std::exchange(journeys_, session_.journeys()) != session_.journeys()) {
    begin_log();
    writes_.clear();
  }
  const u64 instructions = session_.state().instructions;
  if (instructions - heard_ > 1 || !session_.tells_micro_steps()) writes_.clear();
  heard_ = instructions;
}

void FaultRecorder::instruction() {
  follow_time();
  current_.clear();
  delivered_ = retried_ = nullptr;
  log_->instruction();
  note_resumed();
  last_cpl_ = session_.state().cpl();
}

void FaultRecorder::changed(const FaultRecord& record) {
  for (RecordedFault& fault : faults_)
    if (fault.record.cycle == record.cycle && fault.record.eip == record.eip) fault.record = record;
}

u32 FaultRecorder::thread() const {
  const KernelObjects* objects = session_.symbols().objects();
  const auto running = objects == nullptr ? std::nullopt : objects->current_thread();
  return running ? running->address : 0;
}

/// A handler returns to the faulting instruction, with the stack as it was; or, refusing, to
/// another one of the program.
void FaultRecorder::note_resumed() {
  const State& s = session_.state();
  const u32 eip = session_.linear_eip();
  for (auto fault = faults_.rbegin(); fault != faults_.rend(); ++fault) {
    if (!fault->delivered || fault->resumed || s.cpl() != fault->cpl) continue;
    const bool again = eip == fault->record.eip && s.general[ESP] == fault->esp;
    const bool returned = fault->cpl == 3 && last_cpl_ != 3;
    if ((!again && !returned) || thread() != fault->thread) continue;
    if (!again && fault->record.status && (*fault->record.status >> 31) == 0) continue;  // an APC
    fault->resumed = Resumption{eip, session_.symbols().describe(eip), s.clock.now};
    if (!fault->record.cycles) fault->record.cycles = s.clock.now - fault->record.cycle;
    if (again) retried_ = &*fault;
    return;
  }
}

void FaultRecorder::page_fault(const PageFault& found) {
  auto at = std::find_if(faults_.begin(), faults_.end(),
                         [&](const RecordedFault& f) { return f.record.cycle >= now(); });
  const bool again = at != faults_.end() && at->record.cycle == now();
  if (again && at->resumed) return;  // and all that will come of it is known
  log_->page_fault(found);
  RecordedFault fault;
  fault.record = log_->latest();
  fault.cpl = session_.state().cpl();
  fault.esp = session_.state().general[ESP];
  fault.thread = thread();
  fault.instruction = disassemble_at(session_, fault.record.eip).text;
  fault.os = os_view(session_, fault.record.address);
  fault.steps = current_;
  fault.walk = translate(session_.context(), found.address.value, found.kind, fault.record.user());
  if (fault.walk.pte) fault.pte_address = fault.walk.pte->address;
  if (fault.pte_address != 0) fault.written_before = last_write(fault.pte_address);
  retried_ = nullptr;
  if (again) {
    *at = std::move(fault);
  } else {
    at = faults_.insert(at, std::move(fault));
  }
  delivered_ = &*at;
  if (faults_.size() > most_faults && at != faults_.begin()) faults_.pop_front();
}

void FaultRecorder::micro(const MicroStep& step) {
  if (current_.size() < most_steps) current_.push_back(step);
  if (delivered_ != nullptr && step.what != MicroEvent::PageFault) {
    if (delivered_->steps.size() < most_steps) delivered_->steps.push_back(step);
    if (step.what == MicroEvent::Delivered) {
      delivered_->delivered = true;
      delivered_ = nullptr;
    }
  }
  if (retried_ != nullptr && retried_->retry.size() < most_steps) retried_->retry.push_back(step);
  if (step.what == MicroEvent::PdeRead || step.what == MicroEvent::PteRead)
    tables_.insert(step.physical.value >> 12);
  note_write(step);
  if (step.what == MicroEvent::TlbFlush || step.what == MicroEvent::TlbFlushPage) note_flush(step);
}

void FaultRecorder::note_write(const MicroStep& step) {
  if (!tables_.contains(step.physical.value >> 12)) return;
  auto write = write_of(step);
  if (!write) return;
  write->eip = session_.linear_eip();
  write->instructions = session_.state().instructions;
  write->symbol = session_.symbols().describe(write->eip);
  if (const auto process = session_.symbols().process()) write->process = process->name;
  for (RecordedFault& fault : faults_)
    if (!fault.resumed && fault.pte_address == (write->physical & ~3u))
      fault.written_after = *write;
  writes_[write->physical & ~3u] = std::move(*write);
}

void FaultRecorder::note_flush(const MicroStep& step) {
  const bool whole = step.what == MicroEvent::TlbFlush;
  for (RecordedFault& fault : faults_) {
    if (!fault.delivered || fault.resumed || fault.invalidated) continue;
    if (!whole && !same_page(step.linear.value, fault.record.address)) continue;
    const u32 eip = session_.linear_eip();
    fault.invalidated =
        Invalidation{whole, step.hit, eip, session_.symbols().describe(eip), step.clock};
  }
}

std::vector<const RecordedFault*> FaultRecorder::faults() const {
  std::vector<const RecordedFault*> known;
  for (const RecordedFault& fault : faults_)
    if (fault.record.cycle <= now()) known.push_back(&fault);
  return known;
}

const RecordedFault* FaultRecorder::last_in_page(u32 linear) const {
  const auto known = faults();
  const auto found = std::find_if(known.rbegin(), known.rend(), [&](const RecordedFault* f) {
    return same_page(f->record.address, linear);
  });
  return found == known.rend() ? nullptr : *found;
}

std::optional<EntryWrite> FaultRecorder::last_write(u32 physical) const {
  if (session_.state().instructions - heard_ > 1 || journeys_ != session_.journeys()) return {};
  const auto found = writes_.find(physical & ~3u);
  return found == writes_.end() ? std::nullopt : std::optional(found->second);
}

void FaultRecorder::forget_future() {
  retried_ = delivered_ = nullptr;
  while (!faults_.empty() && faults_.back().record.cycle > now()) faults_.pop_back();
}

}  // namespace faultline
