// The models of this milestone. [386 §10.1] [486 §10.1]
#include "cpu/model.hpp"

#include <algorithm>
#include <array>

#include "arch/paging_selected.hpp"

namespace faultline {
namespace {

constexpr std::array<Model, 4> all_models = {{
    {"i386dx", "Intel 80386 DX, stepping D1, 33 MHz, no coprocessor", ClockColumn::I386, 3, false,
     Paging::single_page_flush, 0x0308, 33'000'000, 256},
    {"i486sx", "Intel i486 SX, 25 MHz, no coprocessor", ClockColumn::I486, 4, true, true, 0x0421,
     25'000'000, 256},
    {"i386dx+387", "Intel 80386 DX, stepping D1, 33 MHz, with an 80387", ClockColumn::I386, 3,
     false, Paging::single_page_flush, 0x0308, 33'000'000, 256, FpuKind::I387},
    {"i486dx", "Intel i486 DX, 33 MHz", ClockColumn::I486, 4, true, true, 0x0404, 33'000'000,
     256, FpuKind::I486},
}};

}  // namespace

std::span<const Model> models() { return all_models; }

const Model* find_model(std::string_view name) {
  const auto found = std::ranges::find(all_models, name, &Model::name);
  return found == all_models.end() ? nullptr : &*found;
}

const Model& default_model() { return all_models[1]; }

}  // namespace faultline
