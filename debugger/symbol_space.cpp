// Images of a process, by its loader's list.
#include "debugger/symbol_space.hpp"

#include <algorithm>
#include <cctype>

namespace faultline {

using arch::u32;

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::toupper(x) == std::toupper(y);
  });
}

const KernelObjects* SymbolSpace::objects() {
  if (!objects_ && kernel() != nullptr) {
    const auto block = kernel()->address_of("KdDebuggerDataBlock");
    if (block) objects_ = KernelObjects::find(memory_, *block);
  }
  return objects_ ? &*objects_ : nullptr;
}

std::optional<ProcessView> SymbolSpace::process() {
  const KernelObjects* found = objects();
  if (found == nullptr) return std::nullopt;
  const auto thread = found->current_thread();
  return thread ? found->process_of(*thread) : std::nullopt;
}

std::vector<const Module*> SymbolSpace::loaded() {
  std::vector<const Module*> here;
  if (modules_.empty()) return here;
  here.push_back(&modules_.front());
  const auto running = process();
  if (!running) return here;
  const auto listed = objects_->modules_of(*running);
  for (Module& module : modules_) {
    if (&module == &modules_.front()) continue;
    const auto view = std::find_if(listed.begin(), listed.end(), [&](const ModuleView& v) {
      return same_name(v.name, module.name());
    });
    if (view != listed.end()) {
      module.move_to(view->base);
    } else if (!listed.empty() ||
               (!module.image().dll && !same_name(module.name(), running->name))) {
      continue;
    }
    here.push_back(&module);
  }
  return here;
}

const Module* SymbolSpace::module_at(u32 address) {
  if (kernel() != nullptr && kernel()->contains(address)) return kernel();
  for (const Module* module : loaded()) {
    if (module->contains(address)) return module;
  }
  return nullptr;
}

std::string SymbolSpace::describe(u32 address) {
  const Module* module = module_at(address);
  return module == nullptr ? std::string() : module->describe(address);
}

std::optional<u32> SymbolSpace::address_of(std::string_view symbol) {
  const auto here = loaded();
  if (const auto mark = symbol.find('!'); mark != symbol.npos) {
    const auto wanted = [&](const Module& module) {
      return same_name(stem(module.name()), symbol.substr(0, mark)) ||
             same_name(module.name(), symbol.substr(0, mark));
    };
    const auto module = std::find_if(modules_.begin(), modules_.end(), wanted);
    return module == modules_.end() ? std::nullopt : module->address_of(symbol.substr(mark + 1));
  }
  for (const Module* module : here) {
    if (const auto address = module->address_of(symbol)) return address;
  }
  return std::nullopt;
}

std::vector<std::string> SymbolSpace::names(std::string_view prefix) {
  std::vector<std::string> found;
  const auto mark = prefix.find('!');
  for (const Module& module : modules_) {
    if (mark != prefix.npos && !same_name(stem(module.name()), prefix.substr(0, mark))) continue;
    const std::string_view start = mark == prefix.npos ? prefix : prefix.substr(mark + 1);
    for (const ImageSymbol& symbol : module.image().symbols) {
      if (!std::string_view(symbol.name).starts_with(start)) continue;
      found.push_back(std::string(prefix.substr(0, mark == prefix.npos ? 0 : mark + 1)) +
                      symbol.name);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace faultline
