// Engines: made, reset, and the cores they run on.
#include "api/engine.hpp"

#include <algorithm>

#include "arch/paging_selected.hpp"
#include "cpu/timing/transfer_clocks.hpp"

using faultline::api::guarded;

faultline_engine::faultline_engine(const faultline::Model& model)
    : ports(*this, hooks), watcher(*this, hooks), context{model, memory, ports} {
  core(false).reset();
}

faultline::Engine& faultline_engine::core(bool watched) {
  auto& chosen = watched ? watched_ : plain_;
  if (chosen == nullptr) {
    chosen = faultline::make_engine(timing, context, watched ? &watcher : nullptr);
  } else if (current_ != chosen.get()) {
    chosen->state_changed();  // the other has run on the same registers
  }
  current_ = chosen.get();
  return *chosen;
}

void faultline_engine::drop_cores() {
  plain_.reset();
  watched_.reset();
  current_ = nullptr;
}

void faultline_engine::registers_changed() {
  if (current_ != nullptr) current_->state_changed();
}

extern "C" {

uint32_t faultline_version(void) {
  return FAULTLINE_VERSION_MAJOR << 16 | FAULTLINE_VERSION_MINOR << 8 | FAULTLINE_VERSION_PATCH;
}

const char* faultline_version_string(void) { return FAULTLINE_VERSION; }

const char* faultline_model_name(size_t index) {
  const auto models = faultline::models();
  return index < models.size() ? models[index].name.data() : nullptr;
}

uint32_t faultline_page_size(void) { return arch::Geometry<arch::Paging>::page_size; }

int faultline_open(const char* model, faultline_engine** engine) {
  return guarded([&]() -> int {
    if (model == nullptr || engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    *engine = nullptr;
    const faultline::Model* found = faultline::find_model(model);
    if (found == nullptr) return FAULTLINE_ERROR_MODEL;
    *engine = new faultline_engine(*found);
    return FAULTLINE_OK;
  });
}

int faultline_close(faultline_engine* engine) {
  return guarded([&]() -> int {
    if (engine != nullptr && !engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    delete engine;
    return FAULTLINE_OK;
  });
}

int faultline_set_timing(faultline_engine* engine, int timing) {
  return guarded([&]() -> int {
    using faultline::Timing;
    if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (timing != FAULTLINE_TIMING_NONE && timing != FAULTLINE_TIMING_TABLE)
      return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    const bool table = timing == FAULTLINE_TIMING_TABLE;
    engine->drop_cores();
    engine->timing = table ? Timing::Table : Timing::None;
    engine->context.mmu.timing =
        table ? faultline::memory_timing(engine->context.column, engine->context.model.data_lines)
              : faultline::MmuTiming{};
    return FAULTLINE_OK;
  });
}

int faultline_set_errata(faultline_engine* engine, int shown) {
  return guarded([&]() -> int {
    if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    faultline::CpuContext& context = engine->context;
    if (shown != 0 && context.model.errata == 0) return FAULTLINE_ERROR_MODEL;
    engine->drop_cores();
    context.errata = shown != 0 ? context.model.errata : 0;
    context.state.aftermath.errata &= context.errata;
    return FAULTLINE_OK;
  });
}

int faultline_reset(faultline_engine* engine) {
  return guarded([&]() -> int {
    if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    engine->context.lines = {};
    engine->core(false).reset();
    return FAULTLINE_OK;
  });
}

int faultline_raise_interrupt(faultline_engine* engine, uint8_t vector) {
  if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  engine->ports.vector = vector;
  engine->context.lines.intr = true;
  engine->context.lines.attention(engine->context.state.clock);
  return FAULTLINE_OK;
}

int faultline_raise_nmi(faultline_engine* engine) {
  if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  engine->context.lines.nmi = true;
  engine->context.lines.attention(engine->context.state.clock);
  return FAULTLINE_OK;
}

}  // extern "C"
