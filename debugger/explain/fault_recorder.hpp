// Keeps the last page faults with every micro-step of their access, their delivery and their
// repetition, and who wrote page-table entries meanwhile.
#pragma once

#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "debugger/explain/entry_write.hpp"
#include "debugger/explain/os_view.hpp"
#include "debugger/explain/translation.hpp"
#include "debugger/fault_log.hpp"
#include "debugger/session.hpp"

namespace faultline {

/// What took the page's entry out of the TLB before the instruction began again.
struct Invalidation {
  bool whole = false;  // a load of CR3, not INVLPG
  bool hit = false;    // INVLPG found the entry
  u32 eip = 0;
  std::string symbol{};
  u64 clock = 0;
};

/// Where its program went on: at the same instruction, or elsewhere if the system thought so.
struct Resumption {
  u32 eip = 0;
  std::string symbol{};
  u64 clock = 0;
};

struct RecordedFault {
  FaultRecord record{};  // the fault log's
  unsigned cpl = 0;
  u32 esp = 0;
  u32 thread = 0;  // address of the thread object; 0 while there are none
  std::string instruction{};
  OsView os{};
  Translation walk{};            // as a dry run saw it then
  std::vector<MicroStep> steps;  // from the fetch to the handler's first instruction
  std::vector<MicroStep> retry;  // of the instruction when it began again
  bool delivered = false;
  std::optional<Resumption> resumed{};
  std::optional<Invalidation> invalidated{};
  /// Of the page's PTE as the fault found it, and before and after the fault.
  std::optional<EntryWrite> written_before{}, written_after{};
  u32 pte_address = 0;  // physical; 0 where the directory has no table
};

class FaultRecorder final : public Observation {
 public:
  /// Hears what the session's watched core tells; does not ask for the core to be watched.
  explicit FaultRecorder(DebugSession& session);
  ~FaultRecorder() override;

  void instruction() override;
  void page_fault(const PageFault& fault) override;
  void micro(const MicroStep& step) override;

  /// Those before now, the newest last. In the past of a recorded machine one may know already how
  /// a fault will end.
  std::vector<const RecordedFault*> faults() const;
  /// The last fault in the page of an address; null for none.
  const RecordedFault* last_in_page(u32 linear) const;
  /// The last write of the page-table entry at a physical address, if every step since was heard.
  std::optional<EntryWrite> last_write(u32 physical) const;
  /// What comes after now will be something else.
  void forget_future();

 private:
  void follow_time();
  void note_resumed();
  void note_write(const MicroStep& step);
  void note_flush(const MicroStep& step);
  void changed(const FaultRecord& record);
  void begin_log();
  u32 thread() const;
  u64 now() const { return session_.state().clock.now; }

  static constexpr std::size_t most_faults = 256, most_steps = 512;

  DebugSession& session_;
  std::unique_ptr<FaultLog> log_;
  std::deque<RecordedFault> faults_;    // by clock
  std::vector<MicroStep> current_;      // of the instruction under way
  RecordedFault* delivered_ = nullptr;  // whose steps still come
  RecordedFault* retried_ = nullptr;    // whose instruction runs again
  unsigned last_cpl_ = 0;               // of the instruction before
  u64 heard_ = 0, journeys_ = 0;        // instructions, and the session's, at the last boundary
  std::unordered_set<u32> tables_;      // granules that hold tables
  std::unordered_map<u32, EntryWrite> writes_;
};

}  // namespace faultline
