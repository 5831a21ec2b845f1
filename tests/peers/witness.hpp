// The machines that run the image, and the plans they run.
#pragma once

#include <filesystem>
#include <string>

#include "tests/peers/line.hpp"

namespace faultline::peers {

/// Cases 0 to `cases` of a seed, on a processor level.
struct Plan {
  const char* name;
  u32 seed, cases;
  u32 model;  // 3 or 4: what the image may use
  const char* our_cpu;
};
extern const std::array<Plan, 2> plans;

/// What a run is asked for; the image's parameter block.
struct Request {
  const Plan& plan;
  u32 first, count;
  enum Form : u32 { Digests, Lines, Descriptions } form;
};

enum class Machine { Ours, Bochs, Qemu };
inline constexpr std::array<const char*, 3> machine_names = {"faultline", "bochs", "qemu"};

struct Programs {
  std::filesystem::path faultline, image;
};

/// The packages a peer needs, as apt names them; empty if it can run.
std::string missing_packages();

/// Everything the image printed. Throws std::runtime_error when the machine did not start or end.
std::string run_text(Machine machine, const Programs& programs, const Request& request);
Answers run(Machine machine, const Programs& programs, const Request& request);

}  // namespace faultline::peers
