// The way to a shut-down in words.
#include "debugger/shutdown_report.hpp"

#include <fmt/format.h>

#include <array>

#include "arch/descriptor.hpp"
#include "debugger/guest_memory.hpp"
#include "debugger/stop_report.hpp"

namespace faultline {
namespace {

constexpr std::array<std::string_view, 18> names{"#DE divide error",
                                                 "#DB debug",
                                                 "NMI",
                                                 "#BP breakpoint",
                                                 "#OF overflow",
                                                 "#BR bound range exceeded",
                                                 "#UD invalid opcode",
                                                 "#NM coprocessor not available",
                                                 "#DF double fault",
                                                 "coprocessor segment overrun",
                                                 "#TS invalid TSS",
                                                 "#NP segment not present",
                                                 "#SS stack exception",
                                                 "#GP general protection",
                                                 "#PF page fault",
                                                 "vector 0F",
                                                 "#MF floating-point error",
                                                 "#AC alignment check"};

/// What a gate's code segment is not. [386 §9.10]
std::string code_obstacle(const CpuContext& context, const GuestMemory& memory, Selector selector) {
  if (selector.null()) return "names no code segment";
  const State& s = context.state;
  const u32 base = selector.local() ? s.ldtr.base : s.gdtr.base;
  const u32 limit = selector.local() ? s.ldtr.limit : s.gdtr.limit;
  const std::string_view table = selector.local() ? "LDT" : "GDT";
  if (selector.offset() + 7 > limit) {
    return fmt::format("names selector {:04X}, beyond the {}'s limit {:04X}", selector.value, table,
                       limit);
  }
  const auto code = memory.read_as<Descriptor>(base + selector.offset());
  if (!code) return fmt::format("names selector {:04X} of a {} not present", selector.value, table);
  if (!code->is_code())
    return fmt::format("names selector {:04X}, no code segment", selector.value);
  if (!code->present()) return fmt::format("names selector {:04X}, not present", selector.value);
  return {};
}

std::string line_of(const ShutdownStep& step, bool first) {
  std::string text = vector_name(step.vector);
  if (step.fault) {
    text += " (" + describe_fault(*step.fault) + ")";
  } else if (step.error) {
    text += fmt::format(", error code {:04X}", *step.error);
  }
  if (!first) text = "then " + text;
  return step.obstacle.empty() ? text : text + ": " + step.obstacle;
}

}  // namespace

std::string vector_name(u8 vector) {
  if (vector < names.size()) return std::string(names[vector]);
  return fmt::format("interrupt {:02X}", vector);
}

std::string gate_obstacle(const CpuContext& context, const GuestMemory& memory, u8 vector) {
  const auto idt = context.state.idtr;
  const bool real = (context.mmu.registers.cr0 & cr0::PE) == 0;
  const u32 size = real ? 4 : 8, offset = vector * size;
  if (offset + size - 1 > idt.limit) {
    return fmt::format("gate {:02X} lies beyond the IDT's limit, {:04X}", vector, idt.limit);
  }
  const auto gate = memory.read_as<Descriptor>(idt.base + offset);
  if (!gate)
    return fmt::format("gate {:02X} lies at {:08X}, not present", vector, idt.base + offset);
  if (real) return {};
  const std::string name = fmt::format("gate {:02X} at {:08X}", vector, idt.base + offset);
  if (gate->is_segment() || (gate->type() & 4) == 0 || (gate->type() & 7) == 4)
    return name + " is no interrupt, trap or task gate";
  if (!gate->present()) return name + " is not present";
  if ((gate->type() & 7) == 5) return {};
  const std::string code = code_obstacle(context, memory, gate->gate_selector());
  return code.empty() ? code : name + ' ' + code;
}

std::string to_text(const std::vector<ShutdownStep>& steps) {
  std::string text;
  for (std::size_t i = 0; i < steps.size(); ++i)
    text += fmt::format("{}  {}", i == 0 ? "" : "\n", line_of(steps[i], i == 0));
  return text;
}

nlohmann::ordered_json to_json(const std::vector<ShutdownStep>& steps) {
  Json array = Json::array();
  for (const ShutdownStep& step : steps) {
    Json json{{"vector", step.vector},
              {"name", vector_name(step.vector)},
              {"external", step.external},
              {"obstacle", step.obstacle}};
    if (step.error) json["error_code"] = *step.error;
    if (step.fault) json["address"] = hex_text(step.fault->address.value);
    array.push_back(std::move(json));
  }
  return array;
}

}  // namespace faultline
