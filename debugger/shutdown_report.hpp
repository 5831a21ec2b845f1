// How the processor came to shut down: the event that could not be delivered, and what became of
// it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "machine/machine.hpp"

namespace faultline {

class GuestMemory;

/// An interrupt or exception on its way through the IDT, each because the one before did not
/// arrive. What the last one met shut the processor down.
struct ShutdownStep {
  u8 vector = 0;
  bool external = false;
  std::optional<u32> error{};        // the error code
  std::optional<PageFault> fault{};  // of #PF
  std::string obstacle{};            // what its own delivery met; empty when that is not known
};

/// "#GP general protection"; "interrupt 20" for what is no exception.
std::string vector_name(u8 vector);

/// Why an interrupt cannot be delivered, as far as the IDT and the GDT tell it; empty when they are
/// in order and the obstacle is elsewhere, on the stack for example.
std::string gate_obstacle(const CpuContext& context, const GuestMemory& memory, u8 vector);

/// One line a step, each indented, without a newline at the end.
std::string to_text(const std::vector<ShutdownStep>& steps);
nlohmann::ordered_json to_json(const std::vector<ShutdownStep>& steps);

}  // namespace faultline
