#include "debugger/trace/walk_lanes.hpp"

#include <fmt/format.h>

#include "arch/paging_selected.hpp"

namespace faultline {
namespace {

using Geometry = arch::Geometry<Paging>;

u32 page_of(PhysicalAddress at) { return at.value >> Geometry::page_shift; }

}  // namespace

void WalkLanes::micro(const MicroStep& step) {
  switch (step.what) {
    case MicroEvent::TlbLookup:
      if (step.hit && step.allowed) return;
      miss_ = step;
      evicted_.reset();
      walk_ = Walk{.begin = step.clock, .address = step.linear.value, .entries = {}};
      return;
    case MicroEvent::PdeRead:
      return note(step, "PDE");
    case MicroEvent::PteRead:
      if (walk_) walk_->pte = step.value;
      return note(step, "PTE");
    case MicroEvent::AccessedWrite:
      return note(step, step.number == 0 ? "A set in the PDE:" : "A set:");
    case MicroEvent::DirtyWrite:
      return note(step, "D set:");
    case MicroEvent::TlbEvict:
      evicted_ = step.entry;
      return;
    case MicroEvent::TlbFill:
      end_walk(step, step.hit ? "entry renewed" : "");
      return end_miss(step);
    case MicroEvent::FaultOnWrite:
    case MicroEvent::PageFault:
      end_walk(step, step.what == MicroEvent::PageFault ? "page fault" : "fault on write");
      miss_.reset();
      return;
    default:
      return;
  }
}

void WalkLanes::note(const MicroStep& step, std::string_view what) {
  if (!walk_) walk_ = Walk{.begin = step.clock, .address = step.linear.value, .entries = {}};
  if (!walk_->entries.empty()) walk_->entries += ", ";
  walk_->entries += fmt::format("{} {:08X}", what, step.value);
}

void WalkLanes::end_walk(const MicroStep& step, std::string_view verdict) {
  if (!walk_) return;
  Slice slice;
  slice.lane = Lane::Walker;
  slice.name = "walk";
  slice.begin = walk_->begin;
  slice.end = step.clock;
  slice.address = walk_->address;
  if (step.what == MicroEvent::TlbFill) slice.frame = page_of(step.entry.frame);
  slice.kind = verdict;
  slice.detail = std::move(walk_->entries);
  walk_.reset();
  sink_.slice(slice);
}

void WalkLanes::end_miss(const MicroStep& step) {
  if (!miss_ || step.hit) return miss_.reset();
  Slice slice;
  slice.lane = Lane::TlbMisses;
  slice.name = fmt::format("set {} way {}", step.set, step.way);
  slice.begin = miss_->clock;
  slice.end = step.clock;
  slice.address = miss_->linear.value;
  slice.frame = page_of(step.entry.frame);
  slice.kind = miss_->kind == AccessKind::Execute ? "fetch"
               : miss_->kind == AccessKind::Write ? "write"
                                                  : "read";
  if (evicted_) slice.detail = fmt::format("replaces {:08X}", evicted_->page.value);
  miss_.reset();
  sink_.slice(slice);
}

}  // namespace faultline
