// Contexts: a processor set aside and put back, without its memory.
#include "api/engine.hpp"

struct faultline_context {
  const faultline::Model* model;
  faultline::State state;
  faultline::MmuState<faultline::Paging> mmu;  // its shadow is empty
  faultline::InputLines lines;
  faultline::u8 vector;
};

using namespace faultline;
using namespace faultline::api;

namespace {

/// The shadow leads into one engine's memory: only what it has counted is kept of it.
void save(const faultline_engine& engine, faultline_context& to) {
  to.model = &engine.context.model;
  to.state = engine.context.state;
  to.mmu = engine.context.mmu;
  if (to.mmu.shadow_paged) to.mmu.tlb.data().counters.data_lookups += to.mmu.shadow.data().matches;
  to.mmu.shadow = {};
  to.lines = engine.context.lines;
  to.vector = engine.ports.vector;
}

}  // namespace

extern "C" {

int faultline_context_alloc(faultline_engine* engine, faultline_context** context) {
  return guarded([&]() -> int {
    if (engine == nullptr || context == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    *context = nullptr;
    auto made = std::make_unique<faultline_context>();
    save(*engine, *made);
    *context = made.release();
    return FAULTLINE_OK;
  });
}

int faultline_context_save(faultline_engine* engine, faultline_context* context) {
  return guarded([&]() -> int {
    if (engine == nullptr || context == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    save(*engine, *context);
    return FAULTLINE_OK;
  });
}

int faultline_context_restore(faultline_engine* engine, const faultline_context* context) {
  return guarded([&]() -> int {
    if (engine == nullptr || context == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    if (context->model != &engine->context.model) return FAULTLINE_ERROR_MODEL;
    const MmuTiming timing = engine->context.mmu.timing;
    const bool outlives_pg = engine->context.mmu.outlives_pg;
    engine->context.state = context->state;
    engine->context.mmu = context->mmu;
    engine->context.mmu.timing = timing;
    engine->context.mmu.outlives_pg = outlives_pg;
    engine->context.state.aftermath.errata &= engine->context.errata;
    engine->context.lines = context->lines;
    engine->ports.vector = context->vector;
    engine->registers_changed();
    return FAULTLINE_OK;
  });
}

int faultline_context_free(faultline_context* context) {
  delete context;
  return FAULTLINE_OK;
}

}  // extern "C"
