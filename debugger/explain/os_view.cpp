#include "debugger/explain/os_view.hpp"

#include <fmt/format.h>

#include "debugger/nt/names.hpp"
#include "debugger/nt/page_view.hpp"

namespace faultline {

OsView os_view(DebugSession& session, u32 address) {
  OsView view;
  const Module* kernel = session.symbols().kernel();
  const auto block = kernel == nullptr ? std::nullopt : kernel->address_of("KdDebuggerDataBlock");
  if (!block) return view;
  try {
    const nt::NtSystem system(session.memory(), *block, session.context());
    const nt::PageView page =
        nt::look_up_page(system, system.space(), system.current_process(), address);
    if (page.vad)
      view.region =
          fmt::format("VAD {:08X}-{:08X} {} {}{}{}", page.vad->base(), page.vad->end() - 1,
                      page.vad->kind(), nt::vad_protection_name(page.vad->protection),
                      page.vad->file.empty() ? "" : " ", page.vad->file);
    else
      view.region = page.user() ? "no VAD: nothing is reserved there" : "the kernel's half";
    view.state = nt::to_string(page.pte.state);
    view.meaning = nt::meaning(page);
  } catch (const nt::NtError&) {  // no NT there, or its structures lead nowhere
    view = {};
  }
  return view;
}

Json to_json(const OsView& view) {
  if (!view.known()) return {};
  return {{"region", view.region}, {"pte_state", view.state}, {"meaning", view.meaning}};
}

}  // namespace faultline
