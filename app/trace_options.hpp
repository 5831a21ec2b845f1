// Options that watch a run: traces, the heat map, statistics.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "debugger/guest_memory.hpp"
#include "debugger/observers.hpp"
#include "debugger/symbols.hpp"
#include "machine/machine.hpp"

namespace faultline::app {

struct TraceOptions {
  std::vector<std::string> files;  // .json for Perfetto, .csv
  std::string lanes, heat_file;
  u64 from = 0, to = ~u64{0};
  bool statistics = false;

  void add_to(CLI::App& parser);
};

/// What the options ask for, while the machine runs.
class Traces {
 public:
  /// Throws UsageError for a lane or a kind of file there is not, InputError for a file that cannot
  /// be written.
  explicit Traces(const TraceOptions& options);
  ~Traces();
  Traces(const Traces&) = delete;
  Traces& operator=(const Traces&) = delete;

  /// Whether any of them watches.
  bool wanted() const;
  /// `memory` and the machine outlive this; `modules` as for FaultLog.
  void attach(Machine& machine, const GuestMemory& memory, const std::vector<Module>& modules,
              Observers& observers);
  /// Writes what there is so far; false when a file takes no more.
  bool flush();
  /// The run has ended. Throws OutputError.
  void finish(const Machine& machine, const RunResult& result, bool json);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace faultline::app
