// Why and where a machine under debug stopped: the facts first, text and JSON made of them.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "debugger/shutdown_report.hpp"
#include "machine/machine.hpp"

namespace faultline {

using Json = nlohmann::ordered_json;

/// A moment of a machine's life. Boundaries between instructions have micro 0.
struct Position {
  u64 clock = 0;
  u64 instructions = 0;  // retired since power-on
  u32 micro = 0;         // micro-steps that the instruction under way has made
  friend bool operator==(const Position&, const Position&) = default;
};

enum class StopReason : u8 {
  None,         // not run yet
  Step,         // the steps asked for are made
  MicroStep,    // within an instruction
  Arrived,      // at the place or the clock asked for
  Breakpoint,   // before the instruction
  Watchpoint,   // after the access's instruction
  Catch,        // a catchpoint; a page fault's is within the instruction
  Interrupted,  // by the person
  Waiting,      // the guest waits for input, and none was typed
  Ended,        // the machine stopped for good
};
std::string_view name_of(StopReason reason);

struct DataAccess {
  AccessKind kind = AccessKind::Read;
  u32 linear = 0, physical = 0, bytes = 0, value = 0;
  std::optional<u32> before{};  // of a write, where it is known
  u32 eip = 0;                  // linear address of the instruction
  bool walker = false;          // made by the page walker: A or D
};

struct StopReport {
  StopReason reason = StopReason::None;
  Position position{};
  u16 cs = 0;
  u32 eip = 0;
  u32 linear = 0;  // of CS:EIP
  unsigned cpl = 0;
  std::optional<unsigned> breakpoint{};  // its number
  std::optional<PageFault> fault{};
  std::optional<DataAccess> access{};
  std::optional<u8> vector{};            // of an exception or interrupt
  RunResult end{};                       // when the reason is Ended
  std::vector<ShutdownStep> shutdown{};  // of a triple fault, if it was watched or recorded
  std::string symbol{};                  // of CS:EIP; may be empty
  std::string instruction{};             // disassembled; empty where there is none
  std::string what{};                    // the reason in words: "breakpoint 1: MmAccessFault"
};

std::string to_text(const StopReport& report);  // without a newline at its end
Json to_json(const StopReport& report);

std::string hex_text(u64 value);                     // "0x00402062"
std::string access_word(AccessKind kind);            // "read", "write", "execute"
std::string describe_fault(const PageFault& fault);  // "write to 00498000, user, not present"

}  // namespace faultline
