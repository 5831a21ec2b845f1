// Exit statuses, post-mortems and the result file.
#include "app/outcome.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "arch/paging_selected.hpp"

namespace faultline::app {
namespace {

struct NamedEnd {
  std::string_view name;
  EndReason reason;
};
constexpr std::array<NamedEnd, 5> expectations = {{{"exit", EndReason::Exit},
                                                   {"bugcheck", EndReason::Bugcheck},
                                                   {"triple-fault", EndReason::TripleFault},
                                                   {"halt", EndReason::HaltedForever},
                                                   {"cycle-limit", EndReason::CycleLimit}}};

void write_result(const Machine& machine, const RunResult& result, const MachineOptions& options,
                  int status) {
  nlohmann::ordered_json json;
  json["reason"] = name_of(result.reason);
  json["code"] = result.code;
  json["text"] = result.text;
  json["status"] = status;
  json["cycles"] = result.clocks;
  json["instructions"] = result.instructions;
  json["microseconds"] = machine.microseconds();
  const TlbCounters tlb = machine.context().mmu.counters();
  json["tlb"] = {{"data_lookups", tlb.data_lookups},
                 {"data_misses", tlb.data_misses},
                 {"instruction_misses", tlb.instruction_misses},
                 {"refreshes", tlb.refreshes},
                 {"evictions", tlb.evictions},
                 {"flushes", tlb.flushes},
                 {"page_flushes", tlb.page_flushes}};
  json["cpu"] = machine.context().model.name;
  json["timing"] = options.timing;
  json["clock_column"] = options.clock_column;
  json["memory_mb"] = parse_memory(options.memory);
  json["paging"] = arch::Paging::name;
  json["page_size"] = arch::Geometry<arch::Paging>::page_size;
  json["seed"] = options.seed;
  write_file(options.result_file, json.dump(2) + "\n");
}

bool wants_post_mortem(EndReason reason) {
  switch (reason) {
    case EndReason::Bugcheck:
    case EndReason::TripleFault:
    case EndReason::HaltedForever:
    case EndReason::CycleLimit:
      return true;
    default:
      return false;
  }
}

/// What the machine said to somebody in front of it: POST's step and the text on the screen.
std::string last_words(const Machine& machine) {
  std::string screen = machine.screen_text();
  screen.erase(screen.find_last_not_of('\n') + 1);
  if (const auto first = screen.find_first_not_of('\n'); first != screen.npos) {
    const auto line = screen.rfind('\n', first);
    screen.erase(0, line == screen.npos ? 0 : line + 1);
  }
  const std::string post =
      fmt::format("port 80h: last POST code {:02X}\n", machine.board().debug_port.last_post_code());
  return screen.empty() ? post : post + "on the screen:\n" + screen + '\n';
}

}  // namespace

Expectation Expectation::parse(const std::string& text) {
  const auto equals = text.find('=');
  const std::string name = text.substr(0, equals);
  for (const NamedEnd& end : expectations) {
    if (name != end.name) continue;
    Expectation expectation{end.reason, std::nullopt};
    if (equals != std::string::npos) {
      std::size_t used = 0;
      try {
        const long long code = std::stoll(text.substr(equals + 1), &used, 0);
        if (code < INT32_MIN || code > UINT32_MAX) break;  // as a signed or an unsigned number
        expectation.code = static_cast<u32>(code);
      } catch (const std::exception&) {
      }
      if (used == 0 || used != text.size() - equals - 1) break;
    }
    return expectation;
  }
  throw UsageError(
      "--expect " + text +
      ": it must be exit=N, bugcheck, bugcheck=CODE, triple-fault, halt or cycle-limit");
}

bool Expectation::met_by(const RunResult& result) const {
  const bool same = result.reason == reason ||
                    (reason == EndReason::Exit && result.reason == EndReason::DebugExit);
  return same && (!code || *code == result.code);
}

int exit_status(const RunResult& result) {
  switch (result.reason) {
    case EndReason::Exit:
    case EndReason::DebugExit:
      return static_cast<int>(result.code & 0xFF);
    case EndReason::Bugcheck:
      return guest_bugcheck;
    case EndReason::TripleFault:
      return triple_fault;
    case EndReason::HaltedForever:
      return halted_for_ever;
    case EndReason::CycleLimit:
      return cycle_limit;
    case EndReason::Requested:
    case EndReason::Running:
      break;
  }
  return interrupted;
}

int conclude(const Machine& machine, const RunResult& result, const MachineOptions& options,
             const std::string& last_output) {
  int status = exit_status(result);
  std::fflush(stdout);
  if (wants_post_mortem(result.reason)) {
    if (!last_output.empty()) fmt::print(stderr, "{}\n", last_output);
    fmt::print(stderr, "faultline: {}\n{}{}", result.text, post_mortem(machine.context()),
               last_output.empty() ? last_words(machine) : "");
  } else if (result.reason == EndReason::Exit && (result.code >> 30) == 3) {
    // An NTSTATUS of severity "error": the program did not choose to end.
    fmt::print(stderr, "faultline: the program ended with exit code {:08X}\n", result.code);
  }
  if (!options.expectation.empty()) {
    const bool met = Expectation::parse(options.expectation).met_by(result);
    if (!met) {
      fmt::print(stderr, "faultline: expected {}, but the run ended with {} {}\n",
                 options.expectation, name_of(result.reason), result.code);
    }
    status = met ? success : expectation_not_met;
  }
  if (!options.result_file.empty()) write_result(machine, result, options, status);
  return status;
}

}  // namespace faultline::app
