// Where a program's accesses go: counts for each page of each address space, in two levels as the
// page tables have them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arch/paging_selected.hpp"
#include "cpu/observer.hpp"
#include "cpu/state/state.hpp"
#include "mmu/paging_registers.hpp"

namespace faultline {

/// Accesses, each counted once, in the page of its first byte. Of instructions, their fetches.
struct Heat {
  u64 reads = 0, writes = 0, fetches = 0;
  u64 total() const { return reads + writes + fetches; }
  Heat& operator+=(const Heat& o) {
    reads += o.reads, writes += o.writes, fetches += o.fetches;
    return *this;
  }
};

/// One address space. The index of an entry is that of its PDE and PTE.
class AddressSpaceHeat {
 public:
  using Geometry = arch::Geometry<arch::Paging>;
  static constexpr u32 tables = Geometry::directory_entries, pages = Geometry::table_entries;

  AddressSpaceHeat() : tables_(tables) {}
  Heat& at(u32 linear);
  Heat table(u32 index) const;  // what lies behind one PDE
  /// Behind one PDE, a value a PTE; empty where nothing was touched.
  const std::vector<Heat>& table_pages(u32 index) const { return tables_[index]; }

 private:
  std::vector<std::vector<Heat>> tables_;
};

class HeatMap final : public Observation {
 public:
  HeatMap(const State& state, const PagingRegisters& registers)
      : state_(state), registers_(registers) {
    micro_steps = false;
  }
  void fetch(LinearAddress address, u32 bytes) override;
  void data(AccessKind kind, LinearAddress address, u32 bytes, u32 value) override;

  /// By page directory, as CR3 names it; accesses with paging off belong to none.
  const std::map<u32, AddressSpaceHeat>& spaces() const { return spaces_; }
  /// The address space in which most was done in ring 3: that of the program.
  std::optional<u32> busiest() const;

 private:
  Heat* at(LinearAddress address);

  const State& state_;
  const PagingRegisters& registers_;
  std::map<u32, AddressSpaceHeat> spaces_;
  std::map<u32, u64> user_fetches_;
  u32 current_ = 0;
  AddressSpaceHeat* space_ = nullptr;
  u64* user_ = nullptr;
};

/// The directory as text: a character a PDE, from ' ' (untouched) to '@' by powers of four; rows
/// in which nothing was touched are left out.
std::string to_text(const AddressSpaceHeat& heat);
/// The same of one page table.
std::string to_text(const AddressSpaceHeat& heat, u32 table);
/// {"tables":[{"index","address","reads","writes","fetches","pages":[...]}]}, those touched.
std::string to_json(const AddressSpaceHeat& heat);

}  // namespace faultline
