#include "debugger/trace/heat_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

namespace faultline {
namespace {

using Geometry = AddressSpaceHeat::Geometry;
constexpr u32 columns = 64;

/// 0 for none, then one more for each power of four, at most 9.
unsigned level(u64 count) {
  return count == 0 ? 0 : std::min<unsigned>((std::bit_width(count) - 1) / 2 + 1, 9);
}

constexpr u32 table_address(u32 index) { return index << Geometry::directory_shift; }
constexpr u32 page_address(u32 table, u32 index) {
  return table_address(table) | index << Geometry::page_shift;
}

/// Rows of `columns` values; `address` of the first of each.
template <class Value, class Address>
std::string rows(u32 count, Value value, Address address) {
  std::string text;
  for (u32 row = 0; row < count; row += columns) {
    std::string line;
    for (u32 i = row; i < std::min(row + columns, count); ++i)
      line += " .:-=+*#%@"[level(value(i))];
    if (line.find_first_not_of(' ') == std::string::npos) continue;
    text += fmt::format("{:08X} |{}|\n", address(row), line);
  }
  return text;
}

}  // namespace

Heat& AddressSpaceHeat::at(u32 linear) {
  std::vector<Heat>& table = tables_[Geometry::directory_index(linear)];
  if (table.empty()) table.resize(pages);
  return table[Geometry::table_index(linear)];
}

Heat AddressSpaceHeat::table(u32 index) const {
  Heat sum;
  for (const Heat& page : tables_[index]) sum += page;
  return sum;
}

Heat* HeatMap::at(LinearAddress address) {
  if (!registers_.paging()) return nullptr;
  if (space_ == nullptr || registers_.cr3 != current_) {
    current_ = registers_.cr3;
    space_ = &spaces_[current_];
    user_ = &user_fetches_[current_];
  }
  return &space_->at(address.value);
}

void HeatMap::fetch(LinearAddress address, u32) {
  Heat* heat = at(address);
  if (heat == nullptr) return;
  ++heat->fetches;
  if (state_.cpl() == 3) ++*user_;
}

void HeatMap::data(AccessKind kind, LinearAddress address, u32, u32) {
  Heat* heat = at(address);
  if (heat == nullptr) return;
  ++(kind == AccessKind::Write ? heat->writes : heat->reads);
}

std::optional<u32> HeatMap::busiest() const {
  const auto most =
      std::max_element(user_fetches_.begin(), user_fetches_.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == user_fetches_.end()) return std::nullopt;
  return most->first;
}

std::string to_text(const AddressSpaceHeat& heat) {
  return rows(
      AddressSpaceHeat::tables, [&](u32 i) { return heat.table(i).total(); }, table_address);
}

std::string to_text(const AddressSpaceHeat& heat, u32 table) {
  const auto& pages = heat.table_pages(table);
  if (pages.empty()) return {};
  return rows(
      AddressSpaceHeat::pages, [&](u32 i) { return pages[i].total(); },
      [&](u32 i) { return page_address(table, i); });
}

std::string to_json(const AddressSpaceHeat& heat) {
  using Json = nlohmann::ordered_json;
  const auto counts = [](u32 address, const Heat& h) {
    return Json{{"address", fmt::format("0x{:08X}", address)},
                {"reads", h.reads},
                {"writes", h.writes},
                {"fetches", h.fetches}};
  };
  Json tables = Json::array();
  for (u32 t = 0; t < AddressSpaceHeat::tables; ++t) {
    const auto& pages = heat.table_pages(t);
    if (pages.empty()) continue;
    Json table = counts(table_address(t), heat.table(t));
    for (u32 p = 0; p < AddressSpaceHeat::pages; ++p) {
      if (pages[p].total() != 0) table["pages"].push_back(counts(page_address(t, p), pages[p]));
    }
    tables.push_back(std::move(table));
  }
  return Json{{"tables", std::move(tables)}}.dump();
}

}  // namespace faultline
