#include "tests/fuzz/engines.hpp"

#include "tests/fuzz/image.hpp"
#include "tests/fuzz/layout.hpp"
#include "tests/fuzz/machine.hpp"
#include "tests/unit/cpu/agreement.hpp"

namespace faultline::fuzz {
namespace {

std::string difference(const Machine& a, const Machine& b) {
  test::Differences ports;
  ports.check("port reads", a.bus().reads, b.bus().reads);
  ports.check("port writes", a.bus().writes, b.bus().writes);
  return test::state_difference(a.context(), b.context()) +
         test::timing_difference(a.context(), b.context()) +
         test::memory_difference(a.context().memory, b.context().memory, memory_map::extent) +
         ports.text();
}

}  // namespace

std::string disagreement(std::span<const u8> bytes) {
  Input input(bytes);
  const Plan plan = read_plan(input);
  const std::vector<u8> image = make_image(plan, input);
  Machine fast(plan, image, Machine::Engine::Fast);
  Machine watched(plan, image, Machine::Engine::Watched);
  Machine unshadowed(plan, image, Machine::Engine::Unshadowed);
  for (std::size_t i = 0; i < plan.slices.size(); ++i) {
    const Slice& slice = plan.slices[i];
    const u32 before = fast.context().state.eip;
    const Stop stop = fast.run(slice);
    for (auto [other, name] : {std::pair{&watched, "watched"}, {&unshadowed, "without shadow"}}) {
      std::string found;
      if (other->run(slice) != stop) found = "why it stopped\n";
      found += difference(fast, *other);
      if (found.empty()) continue;
      std::ostringstream text;
      text << plan.model->name << (plan.timing == Timing::Table ? ", timing table" : "")
           << ", slice " << i << " from EIP " << std::hex << before << ": fast, " << name << "\n"
           << found;
      return text.str();
    }
  }
  return {};
}

}  // namespace faultline::fuzz
