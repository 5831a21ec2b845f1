// Images by way of the session's symbols.
#include "debugger/gdb/images.hpp"

#include <algorithm>

namespace faultline::gdb {

Images::Images(DebugSession& session, std::string program, ImageReader reader)
    : session_(session), program_(std::move(program)), reader_(std::move(reader)) {
  const SymbolSpace& symbols = session_.symbols();
  for (const Module& module : symbols.known()) {
    if (&module != symbols.kernel() && (module.image().dll || same_name(module.name(), program_)))
      bases_[module.name()] = module.base();
  }
}

void Images::look() {
  const Module* kernel = session_.symbols().kernel();
  for (const Module* module : session_.symbols().loaded()) {
    if (module == kernel) continue;
    bases_[module->name()] = module->base();
    if (module->image().dll || same_name(module->name(), program_)) continue;
    bases_.erase(program_);  // another process's: programs lie one over the other
    program_ = module->name();
  }
}

std::string Images::executable() const {
  const Module* kernel = session_.symbols().kernel();
  return kernel != nullptr ? "/" + kernel->name() : "";
}

std::vector<Library> Images::list() {
  look();
  std::vector<Library> libraries;
  for (const Module& module : session_.symbols().known()) {
    const auto base = bases_.find(module.name());
    const auto& sections = module.image().sections;
    if (base == bases_.end() || sections.empty()) continue;
    const auto first = std::ranges::min_element(sections, {}, &ImageSection::rva);
    libraries.push_back({"/" + module.name(), base->second + first->rva});
  }
  return libraries;
}

std::optional<std::span<const u8>> Images::file(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  if (const auto found = read_.find(path); found != read_.end()) return found->second;
  const auto& known = session_.symbols().known();
  const auto module = std::ranges::find(known, path, &Module::name);
  if (module == known.end()) return std::nullopt;
  auto bytes = reader_(module->name());
  if (!bytes) return std::nullopt;
  return read_[module->name()] = std::move(*bytes);
}

}  // namespace faultline::gdb
