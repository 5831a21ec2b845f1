// The conformance programs of this build, and one of them in a machine of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/disk_options.hpp"
#include "app/ktap.hpp"
#include "app/machine_options.hpp"

namespace faultline::app {

/// Their names in order, as programs.txt in their folder has them. Throws InputError.
std::vector<std::string> conformance_programs(const std::filesystem::path& folder);
/// Those that match the filter, a name or a pattern such as "heap*"; all for an empty one. Throws
/// UsageError when there are none.
std::vector<std::string> choose_programs(const std::vector<std::string>& names,
                                         const std::string& filter);

struct ConformanceOptions {
  MachineOptions machine;
  DiskOptions disks;
  bool check_vmm = false;
  bool model_given = false;  // otherwise each program's imports choose it
};

/// What became of one program.
struct ConformanceRun {
  enum class Verdict { Passed, Failed, EndedWrongly };
  std::string program;
  std::string output;  // its console
  KtapReport report;
  u64 microseconds = 0;               // of emulated time, from power-on
  std::vector<std::string> problems;  // the report's, and those of the way it ended
  bool interrupted = false;           // by a signal: it is not judged

  Verdict verdict() const;
};

/// Runs FOLDER/PROGRAM.exe on a fresh copy of the system disk. Nothing of it is shared with another
/// run, so several threads may do this at once. Throws InputError and UsageError.
ConformanceRun run_conformance(const ConformanceOptions& options,
                               const std::filesystem::path& folder, const std::string& program);

/// Judges what a program printed and how it ended: with 0, or with 1 when a test failed.
ConformanceRun judge_conformance(std::string program, std::string output, const RunResult& end);

}  // namespace faultline::app
