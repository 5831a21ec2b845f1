#include "app/trace_options.hpp"

#include <fmt/format.h>

#include <bitset>
#include <cstdio>

#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/machine_options.hpp"
#include "app/output.hpp"
#include "debugger/trace/chrome_trace.hpp"
#include "debugger/trace/csv_trace.hpp"
#include "debugger/trace/heat_picture.hpp"
#include "debugger/trace/statistics.hpp"
#include "debugger/trace/tracer.hpp"

namespace faultline::app {
namespace {

using Lanes = std::bitset<lane_count>;

Lanes parse_lanes(const std::string& text) {
  if (text.empty()) return Lanes().set();
  Lanes lanes;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string name = text.substr(begin, comma - begin);
    const auto lane = lane_named(name);
    if (!lane) {
      throw UsageError("--trace-lanes: there is no lane '" + name +
                       "'; they are user, kernel, walker, tlb, disk, disk2, switches");
    }
    lanes.set(static_cast<unsigned>(*lane));
    begin = comma + 1;
  }
  return lanes;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() > end.size() && text.ends_with(end);
}

/// The tracer's slices, for each file and for the statistics.
struct Fan final : SliceSink {
  void slice(const Slice& s) override {
    if (statistics) statistics->slice(s);
    if (!lanes.test(static_cast<unsigned>(s.lane))) return;
    for (const auto& sink : files) sink->slice(s);
  }
  Lanes lanes;
  std::vector<std::unique_ptr<SliceSink>> files;
  RunStatistics* statistics = nullptr;
};

/// TLB look-ups are no slices.
struct LookupCounter final : Observation {
  explicit LookupCounter(RunStatistics& statistics) : statistics(statistics) {}
  void micro(const MicroStep& step) override { statistics.micro(step); }
  RunStatistics& statistics;
};

}  // namespace

void TraceOptions::add_to(CLI::App& parser) {
  parser
      .add_option("--trace", files,
                  "What happened when: FILE.json for Perfetto, FILE.csv; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->check(not_empty);
  parser
      .add_option("--trace-lanes", lanes,
                  "Of user,kernel,walker,tlb,disk,disk2,switches (default: all)")
      ->type_name("LIST");
  parser.add_option("--trace-from", from, "Leave out what ends before this clock")
      ->type_name("CYCLE");
  parser.add_option("--trace-to", to, "Leave out what begins after this clock")->type_name("CYCLE");
  parser.add_option("--heat", heat_file, "Where the program's accesses went, as a PNG picture")
      ->type_name("FILE")
      ->check(not_empty);
}

struct Traces::Parts {
  TraceOptions options;
  std::vector<std::unique_ptr<Output>> outputs;
  std::vector<ChromeTrace*> chrome;
  Fan fan;
  std::optional<RunStatistics> statistics;
  std::optional<LookupCounter> lookups;
  std::optional<Tracer> tracer;
  std::optional<HeatMap> heat;
};

Traces::Traces(const TraceOptions& options) : parts_(std::make_unique<Parts>()) {
  parts_->options = options;
  parts_->fan.lanes = parse_lanes(options.lanes);
  for (const std::string& file : options.files) {
    if (!ends_with(file, ".json") && !ends_with(file, ".csv"))
      throw UsageError("--trace: " + file + " ends neither in .json nor in .csv");
  }
  for (const std::string& file : options.files)
    parts_->outputs.push_back(std::make_unique<Output>(file));
  if (!options.heat_file.empty()) require_writable(options.heat_file);
}

Traces::~Traces() = default;

bool Traces::wanted() const {
  const TraceOptions& o = parts_->options;
  return !o.files.empty() || !o.heat_file.empty() || o.statistics;
}

void Traces::attach(Machine& machine, const GuestMemory& memory, const std::vector<Module>& modules,
                    Observers& observers) {
  Parts& p = *parts_;
  const Model& model = machine.context().model;
  for (std::size_t i = 0; i < p.outputs.size(); ++i) {
    const auto write = [output = p.outputs[i].get()](std::string_view text) {
      output->write(text);
    };
    if (ends_with(p.options.files[i], ".csv")) {
      p.fan.files.push_back(std::make_unique<CsvTrace>(write));
      continue;
    }
    auto trace = std::make_unique<ChromeTrace>(
        write, fmt::format("{} at {} MHz", model.name, model.clock_hz / 1'000'000), model.clock_hz);
    p.chrome.push_back(trace.get());
    p.fan.files.push_back(std::move(trace));
  }
  if (p.options.statistics) {
    p.statistics.emplace();
    p.fan.statistics = &*p.statistics;
    observers.add(p.lookups.emplace(*p.statistics));
  }
  if (!p.fan.files.empty() || p.statistics) {
    observers.add(p.tracer.emplace(
        machine.context(), memory, modules, p.fan,
        TracerOptions{.from = p.statistics ? 0 : p.options.from,
                      .to = p.statistics ? ~u64{0} : p.options.to,
                      .walks = p.statistics ||
                               p.fan.lanes.test(static_cast<unsigned>(Lane::Walker)) ||
                               p.fan.lanes.test(static_cast<unsigned>(Lane::TlbMisses))}));
  }
  if (!p.options.heat_file.empty()) {
    observers.add(p.heat.emplace(machine.context().state, machine.context().mmu.registers));
  }
}

bool Traces::flush() {
  bool open = true;
  for (const auto& output : parts_->outputs) open = output->flush() && open;
  return open;
}

void Traces::finish(const Machine& machine, const RunResult& result, bool json) {
  Parts& p = *parts_;
  if (p.tracer) p.tracer->finish();
  for (ChromeTrace* trace : p.chrome) trace->finish();
  for (const auto& output : p.outputs) output->finish();
  if (p.heat) {
    static const AddressSpaceHeat nothing;
    const auto space = p.heat->busiest();
    try {
      write_png(draw_heat(space ? p.heat->spaces().at(*space) : nothing,
                          space ? fmt::format("Address space of page directory {:08X}", *space)
                                : std::string("Nothing ran with paging on")),
                p.options.heat_file);
    } catch (const std::runtime_error& error) {
      throw OutputError(error.what());
    }
  }
  if (p.statistics) {
    const auto report = p.statistics->report(result.clocks, machine.waited(), result.instructions);
    std::fputs((json ? to_json(report) + '\n' : to_text(report)).c_str(), stderr);
  }
}

}  // namespace faultline::app
