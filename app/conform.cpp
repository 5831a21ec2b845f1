// faultline conform: the conformance programs, each in a fresh machine, some of them side by side.
// What is printed doesn't depend on how many.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "app/commands.hpp"
#include "app/conformance.hpp"
#include "app/conformance_report.hpp"
#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/terminal.hpp"

namespace faultline::app {
namespace {

/// A minute of a 33 MHz machine, unless --cycle-limit says otherwise: a program that hangs ends.
constexpr u64 default_cycle_limit = 2'000'000'000;

struct Options {
  ConformanceOptions run;
  std::string filter, format = "ktap";
  unsigned jobs = 1;
};

/// Runs jobs on threads and gives their results in order, each as soon as it is there.
class InOrder {
 public:
  using Job = std::function<ConformanceRun(std::size_t)>;

  InOrder(std::size_t count, unsigned threads, Job job) : results_(count), job_(std::move(job)) {
    threads = static_cast<unsigned>(std::min<std::size_t>(threads, count));
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }
  ~InOrder() {
    next_ = results_.size();
    for (std::thread& thread : threads_) thread.join();
  }
  InOrder(const InOrder&) = delete;
  InOrder& operator=(const InOrder&) = delete;

  /// Waits for it; throws what the job threw.
  ConformanceRun get(std::size_t index) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return results_[index].has_value(); });
    Result& result = *results_[index];
    if (result.error) std::rethrow_exception(result.error);
    return std::move(result.run);
  }

 private:
  struct Result {
    ConformanceRun run;
    std::exception_ptr error;
  };

  void work() {
    for (std::size_t index; (index = next_++) < results_.size();) {
      Result result;
      try {
        result.run = job_(index);
      } catch (...) {
        result.error = std::current_exception();
      }
      const std::lock_guard lock(mutex_);
      results_[index] = std::move(result);
      ready_.notify_all();
    }
  }

  std::vector<std::optional<Result>> results_;
  Job job_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<std::thread> threads_;
};

int exit_status(const std::vector<ConformanceRun>& runs) {
  int status = success;
  for (const ConformanceRun& run : runs) {
    if (run.verdict() == ConformanceRun::Verdict::EndedWrongly) return program_ended_wrongly;
    if (run.verdict() == ConformanceRun::Verdict::Failed) status = tests_failed;
  }
  return status;
}

int conform(const Options& options) {
  const auto folder = conformance_folder();
  const auto names = choose_programs(conformance_programs(folder), options.filter);
  options.run.machine.configuration();  // complains before anything is printed
  options.run.disks.system_disk();
  const bool ktap = options.format == "ktap";
  if (ktap) fmt::print("{}", ktap_head(names.size()));
  std::vector<ConformanceRun> runs;
  InOrder jobs(names.size(), options.jobs, [&](std::size_t index) {
    return run_conformance(options.run, folder, names[index]);
  });
  for (std::size_t i = 0; i < names.size(); ++i) {
    runs.push_back(jobs.get(i));
    if (pending_signal() != 0 || runs.back().interrupted) return interrupted;
    if (ktap) fmt::print("{}", ktap_part(runs.back(), i + 1));
  }
  if (ktap) {
    fmt::print("# {}\n", summary(runs));
  } else {
    fmt::print("{}", junit(runs));
    fmt::print(stderr, "{}\n", summary(runs));
  }
  return exit_status(runs);
}

}  // namespace

Command add_conform(CLI::App& app) {
  CLI::App* parser = app.add_subcommand(
      "conform", "Run the conformance programs, each in a fresh machine; KTAP or JUnit");
  auto options = std::make_shared<Options>();
  options->run.machine.cycle_limit = default_cycle_limit;
  parser->add_option("FILTER", options->filter, "A program's name, or a pattern: 'heap*'")
      ->type_name("");
  parser->add_option("--format", options->format, "How results are printed")
      ->type_name("ktap|junit")
      ->check([](const std::string& value) -> std::string {
        return value == "ktap" || value == "junit" ? "" : "it must be ktap or junit";
      });
  parser->add_option("--jobs", options->jobs, "Machines side by side")
      ->type_name("N")
      ->check(CLI::Range(1u, 256u))
      ->capture_default_str();
  parser->add_flag("--check-vmm", options->run.check_vmm,
                   "Check the kernel's memory manager ten times a second and at the end");
  options->run.disks.add_to(*parser,
                            "Disk image, for up to four disks in the order given, which stay as "
                            "they are; the first is the system disk (default: this build's)");
  options->run.machine.add_hardware_to(*parser);
  parser->footer(
      "Status 0: every test passed; 87: some failed; 88: a program ended wrongly (no whole report, "
      "an exit\ncode that is not its tests', a crash, the cycle limit of a minute's clocks).");
  return {parser, [options, parser] {
            options->run.model_given = parser->count("--cpu") != 0;
            return conform(*options);
          }};
}

}  // namespace faultline::app
