#include "debugger/trace/chrome_trace.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace faultline {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, lane_count> titles = {
    "user", "kernel", "page walker", "TLB misses", "disk 0 and 1", "disk 2 and 3", "threads"};

/// Microseconds with three digits. Whole nanoseconds first: what nests in clocks nests here too.
std::string microseconds(u64 nanoseconds) {
  return fmt::format("{}.{:03}", nanoseconds / 1000, nanoseconds % 1000);
}

u64 nanoseconds(u64 clocks, u32 hz) {
  return clocks / hz * 1'000'000'000 + clocks % hz * 1'000'000'000 / hz;
}

std::string hex(u32 value) { return fmt::format("0x{:08X}", value); }

Json arguments(const Slice& s) {
  Json args = {{"begin", s.begin}, {"cycles", s.clocks()}};
  if (s.lane == Lane::Kernel) args["self_cycles"] = s.self;
  if (!s.process.empty()) {
    args["process"] = s.process;
    args["process_id"] = s.process_id;
    args["thread_id"] = s.thread_id;
  }
  if (s.address) args["address"] = hex(*s.address);
  if (s.frame) args["pfn"] = hex(*s.frame);
  if (!s.kind.empty()) args["kind"] = s.kind;
  if (!s.detail.empty()) args["detail"] = s.detail;
  if (s.resumed) args["resumed"] = true;
  return args;
}

std::string metadata(const char* what, unsigned thread, Json args) {
  const Json event = {
      {"ph", "M"}, {"pid", 1}, {"tid", thread}, {"name", what}, {"args", std::move(args)}};
  return event.dump() + ",\n";
}

}  // namespace

ChromeTrace::ChromeTrace(Write write, std::string_view machine, u32 clock_hz)
    : write_(std::move(write)), clock_hz_(clock_hz) {
  write_("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
  for (unsigned i = 0; i < lane_count; ++i) {
    write_(metadata("thread_name", i + 1, {{"name", titles[i]}}));
    write_(metadata("thread_sort_index", i + 1, {{"sort_index", i}}));
  }
  // Last, because no comma may follow the last event: slices put theirs in front.
  std::string last = metadata("process_name", 0, {{"name", machine}});
  last.resize(last.size() - 2);
  write_(last);
}

void ChromeTrace::slice(const Slice& s) {
  const u64 begin = nanoseconds(s.begin, clock_hz_), end = nanoseconds(s.end, clock_hz_);
  const std::string_view category = s.cause == Cause::None ? name_of(s.lane) : name_of(s.cause);
  write_(fmt::format(
      ",\n{{\"ph\":\"X\",\"pid\":1,\"tid\":{},\"ts\":{},\"dur\":{},\"name\":{},\"cat\":\"{}\","
      "\"args\":{}}}",
      static_cast<unsigned>(s.lane) + 1, microseconds(begin), microseconds(end - begin),
      Json(s.name).dump(-1, ' ', false, Json::error_handler_t::replace), category,
      arguments(s).dump(-1, ' ', false, Json::error_handler_t::replace)));
}

void ChromeTrace::finish() { write_("\n]}\n"); }

}  // namespace faultline
