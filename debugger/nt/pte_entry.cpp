// Decodes entries with the masks of the kernel's data block.
#include "debugger/nt/pte_entry.hpp"

#include <fmt/format.h>

#include "debugger/nt/json_hex.hpp"
#include "debugger/nt/names.hpp"

namespace faultline::nt {

using arch::Paging;

namespace {

/// The 386 and 486 have no such bit.
template <class Scheme>
bool is_global(u32 value) {
  if constexpr (requires { Scheme::Global; }) return (value & Scheme::Global) != 0;
  return false;
}

}  // namespace

std::string_view to_string(PteState state) {
  switch (state) {
    case PteState::Unavailable:
      return "unavailable";
    case PteState::Valid:
      return "valid";
    case PteState::Zero:
      return "zero";
    case PteState::DemandZero:
      return "demand zero";
    case PteState::Transition:
      return "transition";
    case PteState::PageFile:
      return "page file";
    case PteState::PrototypeVad:
      return "prototype, look up in the VAD";
    case PteState::Prototype:
      return "prototype";
    case PteState::Subsection:
      return "subsection";
  }
  return "?";
}

PteEntry decode_entry(const arch::MemoryManagerData& mm, u32 address, std::optional<u32> value,
                      bool prototype) {
  PteEntry entry;
  entry.address = address;
  if (!value) return entry;
  const u32 raw = entry.value = *value;
  const arch::PageEntry hardware = Paging::decode(raw);
  if (hardware.present) {
    entry.state = PteState::Valid;
    entry.frame = hardware.frame;
    entry.copy_on_write = (raw & mm.pte_copy_on_write) != 0;
    return entry;
  }
  if (raw == 0) {
    entry.state = PteState::Zero;
    return entry;
  }
  const u32 page_file_high = raw >> mm.pte_page_file_high_shift;
  entry.protection = raw >> mm.pte_protection_shift & 0x1F;
  if ((raw & mm.pte_prototype) != 0) {
    if (prototype) {
      entry.state = PteState::Subsection;
      entry.subsection = mm.pte_subsection_address.address(raw);
    } else if (page_file_high == ~0u >> mm.pte_page_file_high_shift) {
      entry.state = PteState::PrototypeVad;
    } else {
      entry.state = PteState::Prototype;
      entry.prototype = mm.pte_prototype_address.address(raw);
      entry.protection = 0;  // the prototype PTE has it
    }
  } else if ((raw & mm.pte_transition) != 0) {
    entry.state = PteState::Transition;
    entry.frame = hardware.frame;
  } else if (page_file_high != 0) {
    entry.state = PteState::PageFile;
    entry.paging_file = raw >> mm.pte_page_file_low_shift & 0xF;
    entry.page_in_file = page_file_high;
  } else {
    entry.state = PteState::DemandZero;
  }
  return entry;
}

std::string letters(const arch::MemoryManagerData& mm, u32 value) {
  const arch::PageEntry entry = Paging::decode(value);
  const arch::u8 cache = Paging::cache_control(value);  // PCD 1, PWT 0
  const bool accessed = Paging::hardware_accessed_dirty && entry.accessed;
  return {(value & mm.pte_copy_on_write) != 0 ? 'C' : '-',
          is_global<Paging>(value) ? 'G' : '-',
          '-',
          entry.dirty ? 'D' : '-',
          accessed ? 'A' : '-',
          (cache & 2) != 0 ? 'N' : '-',
          (cache & 1) != 0 ? 'T' : '-',
          entry.user ? 'U' : 'K',
          (value & mm.pte_write) != 0 ? 'W' : 'R',
          'E',
          'V'};
}

std::vector<std::string> details(const PteEntry& entry) {
  std::vector<std::string> lines;
  switch (entry.state) {
    case PteState::Unavailable:
    case PteState::Valid:
    case PteState::Zero:
      return {};
    case PteState::DemandZero:
      lines = {"DemandZero"};
      break;
    case PteState::Transition:
      lines = {fmt::format("Transition: {:x}", entry.frame)};
      break;
    case PteState::PageFile:
      lines = {fmt::format("PageFile:  {}", entry.paging_file),
               fmt::format("Offset: {:x}", entry.page_in_file)};
      break;
    case PteState::PrototypeVad:
      lines = {"Proto: VAD"};
      break;
    case PteState::Prototype:
      return {fmt::format("Proto: {:08X}", entry.prototype)};
    case PteState::Subsection:
      lines = {fmt::format("Subsection: {:08X}", entry.subsection)};
      break;
  }
  lines.push_back(
      fmt::format("Protect: {:x} - {}", entry.protection, protection_name(entry.protection)));
  return lines;
}

Json to_json(const PteEntry& entry, const arch::MemoryManagerData& mm) {
  Json json = {{"at", hex(entry.address)}, {"state", to_string(entry.state)}};
  if (entry.state == PteState::Unavailable) return json;
  json["contains"] = hex(entry.value);
  switch (entry.state) {
    case PteState::Valid:
      json["frame"] = entry.frame;
      json["letters"] = letters(mm, entry.value);
      json["copy_on_write"] = entry.copy_on_write;
      return json;
    case PteState::Transition:
      json["frame"] = entry.frame;
      break;
    case PteState::PageFile:
      json["paging_file"] = entry.paging_file;
      json["page"] = entry.page_in_file;
      break;
    case PteState::Prototype:
      json["prototype"] = hex(entry.prototype);
      return json;
    case PteState::Subsection:
      json["subsection"] = hex(entry.subsection);
      break;
    default:
      break;
  }
  if (entry.state != PteState::Zero) {
    json["protection_code"] = entry.protection;
    json["protection"] = page_protection_name(entry.protection);
  }
  return json;
}

}  // namespace faultline::nt
