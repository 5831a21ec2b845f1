// Adding and removing hooks.
#include "api/engine.hpp"

using namespace faultline::api;
using faultline::u32;

namespace {

/// Adds a hook to its list and tells its handle.
template <class Callback>
int add_hook(faultline_engine* engine, HookList<Callback> Hooks::*list, Hook<Callback> wanted,
             faultline_hook* handle) {
  return guarded([&]() -> int {
    if (engine == nullptr || wanted.callback == nullptr || handle == nullptr ||
        wanted.first > wanted.last)
      return FAULTLINE_ERROR_ARGUMENT;
    wanted.handle = engine->hooks.next_handle;
    (engine->hooks.*list).add(wanted);
    *handle = engine->hooks.next_handle++;
    return FAULTLINE_OK;
  });
}

}  // namespace

extern "C" {

int faultline_hook_code(faultline_engine* engine, uint32_t first, uint32_t last,
                        faultline_code_hook callback, void* user, faultline_hook* hook) {
  return add_hook(engine, &Hooks::code,
                  {.first = first, .last = last, .callback = callback, .user = user}, hook);
}

int faultline_hook_memory(faultline_engine* engine, uint32_t kinds, uint32_t first, uint32_t last,
                          faultline_memory_hook callback, void* user, faultline_hook* hook) {
  constexpr u32 all = FAULTLINE_READ | FAULTLINE_WRITE | FAULTLINE_FETCH;
  if (kinds == 0 || (kinds & ~all) != 0) return FAULTLINE_ERROR_ARGUMENT;
  return add_hook(
      engine, &Hooks::memory,
      {.first = first, .last = last, .kinds = kinds, .callback = callback, .user = user}, hook);
}

int faultline_hook_fault(faultline_engine* engine, uint32_t first, uint32_t last,
                         faultline_fault_hook callback, void* user, faultline_hook* hook) {
  return add_hook(engine, &Hooks::fault,
                  {.first = first, .last = last, .callback = callback, .user = user}, hook);
}

int faultline_hook_interrupt(faultline_engine* engine, faultline_interrupt_hook callback,
                             void* user, faultline_hook* hook) {
  return add_hook(engine, &Hooks::interrupt, {.callback = callback, .user = user}, hook);
}

int faultline_hook_port_read(faultline_engine* engine, uint16_t first, uint16_t last,
                             faultline_port_read callback, void* user, faultline_hook* hook) {
  return add_hook(engine, &Hooks::port_read,
                  {.first = first, .last = last, .callback = callback, .user = user}, hook);
}

int faultline_hook_port_write(faultline_engine* engine, uint16_t first, uint16_t last,
                              faultline_port_write callback, void* user, faultline_hook* hook) {
  return add_hook(engine, &Hooks::port_write,
                  {.first = first, .last = last, .callback = callback, .user = user}, hook);
}

int faultline_unhook(faultline_engine* engine, faultline_hook hook) {
  return guarded([&]() -> int {
    if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->hooks.remove(hook)) return FAULTLINE_ERROR_HOOK;
    if (engine->stopped()) engine->hooks.sweep();
    return FAULTLINE_OK;
  });
}

}  // extern "C"
