#include "debugger/trace/running_thread.hpp"

namespace faultline {

/// The block is a constant of the kernel's image: there as soon as that is mapped.
bool ThreadWatch::update() {
  stale_ = false;
  if (!objects_) {
    if (block_) objects_ = KernelObjects::find(memory_, *block_);
    if (!objects_) return false;
    slot_ = objects_->data().pcr + objects_->data().pcr_current_thread;
  }
  const auto now = objects_->current_thread();
  if (!now || now->address == thread_.address) return false;
  thread_ = {now->address, now->id, objects_->process_of(*now).value_or(ProcessView{})};
  return true;
}

}  // namespace faultline
