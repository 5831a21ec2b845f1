// The dry run in words and as JSON.
#include <fmt/format.h>

#include "debugger/explain/translation.hpp"

namespace faultline {

std::string bits_of(const PageEntry& e) {
  if (!e.present) return "not present";
  std::string text = fmt::format("P {} {}", e.writable ? 'W' : 'R', e.user ? 'U' : 'S');
  if (Paging::hardware_accessed_dirty)
    text += fmt::format(" {} {}", e.accessed ? 'A' : '-', e.dirty ? 'D' : '-');
  return text;
}

std::string rights_of(const TlbEntry& e) {
  return fmt::format("{} {} {}", e.dirty ? 'D' : '-', e.user ? 'U' : 'S', e.writable ? 'W' : 'R');
}

std::string replacement_text(u8 bits) {
  if (!decltype(MmuState<Paging>::tlb)::split)  // B0 first
    return fmt::format("LRU bits {}{}{}", bits & 1, bits >> 1 & 1, bits >> 2 & 1);
  return fmt::format("pointer at {}", bits);
}

std::string error_words(u32 code) {
  return fmt::format("{}, {}, {}", (code & page_fault::P) != 0 ? "protection" : "not present",
                     (code & page_fault::W) != 0 ? "write" : "read or fetch",
                     (code & page_fault::U) != 0 ? "user mode" : "supervisor");
}

std::string to_text(const TableEntry& e) {
  std::string text = fmt::format("at {:08X} = {:08X}  {}", e.address, e.value, bits_of(e.bits));
  if (e.bits.present)
    text += fmt::format("  frame {:08X}", e.bits.frame << arch::Geometry<Paging>::page_shift);
  return text;
}

std::string to_text(const TlbPlace& p) {
  const std::string set = fmt::format("{}{}set {}", p.part, p.part.empty() ? "" : " TLB, ", p.set);
  if (!p.way)
    return fmt::format("{}: not there ({}, the next fill takes way {})", set,
                       replacement_text(p.bits), p.next_victim);
  std::string text = fmt::format("{} way {}: {:08X} -> {:08X}  {}", set, *p.way, p.entry.page.value,
                                 p.entry.frame.value, rights_of(p.entry));
  if (!p.stale.empty()) text += "  STALE: in memory " + p.stale;
  return text;
}

std::string to_text(const Translation& t) {
  std::string text = fmt::format("{} {:08X}, {}", access_word(t.kind), t.linear,
                                 t.user ? "user mode" : "supervisor");
  if (t.paging) {
    text += "\n  TLB      " + to_text(t.tlb);
    text += fmt::format("\n  PDE      {}{}", to_text(*t.pde), t.walks ? "" : "   (not read)");
    if (t.pte)
      text += fmt::format("\n  PTE      {}{}", to_text(*t.pte), t.walks ? "" : "   (not read)");
  }
  if (t.allowed)
    text += fmt::format("\n  verdict  physical {:08X}: {}", *t.physical, t.reason);
  else
    text += fmt::format("\n  verdict  page fault, error code {:X} ({}): {}", t.error_code,
                        error_words(t.error_code), t.reason);
  return text;
}

Json to_json(const TableEntry& e) {
  return {{"address", hex_text(e.address)},
          {"value", hex_text(e.value)},
          {"present", e.bits.present},
          {"writable", e.bits.writable},
          {"user", e.bits.user},
          {"accessed", e.bits.accessed},
          {"dirty", e.bits.dirty},
          {"frame", e.bits.present
                        ? Json(hex_text(u64{e.bits.frame} << arch::Geometry<Paging>::page_shift))
                        : Json()}};
}

Json to_json(const TlbPlace& p) {
  Json json{{"part", p.part},
            {"set", p.set},
            {"hit", p.way.has_value()},
            {"replacement_bits", p.bits},
            {"next_victim", p.next_victim}};
  if (p.way) {
    json["way"] = *p.way;
    json["page"] = hex_text(p.entry.page.value);
    json["frame"] = hex_text(p.entry.frame.value);
    json["dirty"] = p.entry.dirty;
    json["user"] = p.entry.user;
    json["writable"] = p.entry.writable;
    json["stale"] = p.stale.empty() ? Json() : Json(p.stale);
  }
  return json;
}

Json to_json(const Translation& t) {
  Json json{{"linear", hex_text(t.linear)},
            {"access", access_word(t.kind)},
            {"user", t.user},
            {"paging", t.paging},
            {"cr3", hex_text(t.cr3)}};
  if (t.paging) json["tlb"] = to_json(t.tlb);
  json["pde"] = t.pde ? to_json(*t.pde) : Json();
  json["pte"] = t.pte ? to_json(*t.pte) : Json();
  json["walks"] = t.walks;
  json["allowed"] = t.allowed;
  json["error_code"] = t.allowed ? Json() : Json(t.error_code);
  json["physical"] = t.physical ? Json(hex_text(*t.physical)) : Json();
  json["reason"] = t.reason;
  return json;
}

}  // namespace faultline
