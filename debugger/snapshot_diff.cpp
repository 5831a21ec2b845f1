// Compares two snapshots: the processors and boards as machines of their own, memory as it lies.
#include "debugger/snapshot_diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "arch/paging_selected.hpp"

namespace faultline {
namespace {

/// In the place of a disk whose contents nobody reads.
class BlankDisk final : public DiskImage {
 public:
  explicit BlankDisk(u32 sectors) : sectors_(sectors) {}
  u32 sectors() const override { return sectors_; }
  bool read(u32, std::span<u8, sector_size>) override { return false; }
  bool write(u32, std::span<const u8, sector_size>) override { return false; }

 private:
  u32 sectors_;
};

/// Its processor and board, to look at.
std::unique_ptr<Machine> open_up(const SnapshotFile& file) {
  const auto refuse = [&](std::string_view why) {
    throw SnapshotError(fmt::format("{}: {}", file.name, why));
  };
  const SnapshotHeader& header = file.header;
  if (header.paging != arch::Paging::name)
    refuse(fmt::format("is of a machine with the {}'s pages", header.paging));
  MachineConfig config;
  config.model = find_model(header.model);
  if (config.model == nullptr) refuse(fmt::format("CPU model {}: there is none", header.model));
  config.timing = header.timing;
  config.memory_mb = header.memory_mb;
  config.firmware.resize(64 << 10);
  for (u32 i = 0; i < header.port_logs; ++i) config.port_logs.push_back({0, "/dev/null"});
  for (unsigned i = 0; i < config.disks.size(); ++i) {
    const u32 sectors = header.disks[i].sectors;
    if (!header.disks[i].present) continue;
    if (sectors < 2880) refuse("the snapshot is damaged: a disk's size is wrong");
    config.disks[i] = std::make_unique<BlankDisk>(sectors);
  }
  try {
    auto machine = std::make_unique<Machine>(std::move(config));
    machine->load_board(file.snapshot.board);
    return machine;
  } catch (const MachineError& error) {
    refuse(error.what());
  } catch (const SnapshotError& error) {
    refuse(error.what());
  }
  return nullptr;
}

using Values = std::vector<SnapshotDiff::Value>;

void add(Values& values, std::string name, const std::string& a, const std::string& b) {
  if (a != b) values.push_back({std::move(name), a, b});
}

void add_u32(Values& values, std::string name, u32 a, u32 b) {
  add(values, std::move(name), fmt::format("{:08X}", a), fmt::format("{:08X}", b));
}

std::string text_of(const DescriptorCache& d) {
  return fmt::format("{:04X} base {:08X} limit {:08X} access {:02X}", d.selector, d.base, d.limit,
                     d.access);
}

std::string text_of(const TableRegister& table) {
  return fmt::format("base {:08X} limit {:04X}", table.base, table.limit);
}

Values compare_registers(const CpuContext& a, const CpuContext& b) {
  static constexpr const char* general[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
  static constexpr const char* segments[] = {"es", "cs", "ss", "ds", "fs", "gs"};
  Values values;
  const State &s = a.state, &t = b.state;
  for (unsigned i = 0; i < std::size(general); ++i)
    add_u32(values, general[i], s.general[i], t.general[i]);
  add_u32(values, "eip", s.eip, t.eip);
  add_u32(values, "eflags", s.flags.value(), t.flags.value());
  for (unsigned i = 0; i < std::size(segments); ++i)
    add(values, segments[i], text_of(s.segment[i]), text_of(t.segment[i]));
  add(values, "ldtr", text_of(s.ldtr), text_of(t.ldtr));
  add(values, "tr", text_of(s.tr), text_of(t.tr));
  add(values, "gdtr", text_of(s.gdtr), text_of(t.gdtr));
  add(values, "idtr", text_of(s.idtr), text_of(t.idtr));
  const PagingRegisters &p = a.mmu.registers, &q = b.mmu.registers;
  add_u32(values, "cr0", p.cr0, q.cr0);
  add_u32(values, "cr2", p.cr2, q.cr2);
  add_u32(values, "cr3", p.cr3, q.cr3);
  for (unsigned i = 0; i < 8; ++i) add_u32(values, fmt::format("dr{}", i), s.debug[i], t.debug[i]);
  const auto x87 = [](const x87::Extended& value) {
    return fmt::format("{:04X}:{:016X}", value.sign_exponent, value.significand);
  };
  for (unsigned i = 0; i < 8; ++i)
    add(values, fmt::format("x87 r{}", i), x87(s.x87.registers[i]), x87(t.x87.registers[i]));
  return values;
}

std::vector<SnapshotDiff::TlbSlot> compare_tlbs(const CpuContext& a, const CpuContext& b) {
  std::vector<SnapshotDiff::TlbSlot> slots;
  const auto compare = [&]<class Tlb>(const char* name, const Tlb& s, const Tlb& t) {
    for (unsigned set = 0; set < Tlb::sets; ++set) {
      for (unsigned way = 0; way < Tlb::ways; ++way) {
        const TlbEntry &x = s.entry(set, way), &y = t.entry(set, way);
        if ((x.valid || y.valid) && x != y) slots.push_back({name, set, way, x, y});
      }
    }
  };
  if constexpr (decltype(a.mmu.tlb)::split) {
    compare("data TLB", a.mmu.tlb.data(), b.mmu.tlb.data());
    compare("instruction TLB", a.mmu.tlb.instruction(), b.mmu.tlb.instruction());
  } else {
    compare("TLB", a.mmu.tlb.data(), b.mmu.tlb.data());
  }
  return slots;
}

std::vector<SnapshotDiff::Device> compare_boards(Board& a, Board& b) {
  std::vector<SnapshotDiff::Device> devices;
  const auto compare = [&](const char* name, auto& s, auto& t) {
    ArchiveWriter x, y;
    x(s), y(t);
    const std::size_t both = std::min(x.bytes.size(), y.bytes.size());
    std::size_t bytes = std::max(x.bytes.size(), y.bytes.size()) - both;
    for (std::size_t i = 0; i < both; ++i) bytes += x.bytes[i] != y.bytes[i];
    if (bytes != 0) devices.push_back({name, static_cast<u32>(bytes)});
  };
  compare("interrupt controllers", a.pic, b.pic);
  compare("timer", a.pit, b.pit);
  compare("real-time clock", a.rtc, b.rtc);
  compare("keyboard", a.keyboard, b.keyboard);
  compare("system control port", a.system_control, b.system_control);
  compare("COM1", a.com1, b.com1);
  compare("VGA", a.vga, b.vga);
  compare("primary IDE channel", a.ide_primary, b.ide_primary);
  compare("secondary IDE channel", a.ide_secondary, b.ide_secondary);
  compare("debug port", a.debug_port, b.debug_port);
  return devices;
}

const Snapshot::Granule& granule(const Snapshot& snapshot, std::size_t i) {
  static constexpr Snapshot::Granule zeros{};
  return snapshot.memory[i] ? *snapshot.memory[i] : zeros;
}

std::vector<SnapshotDiff::Pages> compare_memory(const Snapshot& a, const Snapshot& b,
                                                u32 page_size) {
  std::vector<SnapshotDiff::Pages> pages;
  const u32 granules_a_page = page_size / Snapshot::granule_size;
  for (std::size_t i = 0; i < std::min(a.memory.size(), b.memory.size()); ++i) {
    const Snapshot::Granule &x = granule(a, i), &y = granule(b, i);
    if (&x == &y || x == y) continue;
    u32 bytes = 0;
    for (std::size_t at = 0; at < x.size(); ++at) bytes += x[at] != y[at];
    const u32 page = static_cast<u32>(i) / granules_a_page;
    if (pages.empty() || page > pages.back().last + 1) pages.push_back({page, page, 0});
    pages.back().last = page;
    pages.back().bytes += bytes;
  }
  return pages;
}

void compare_disk(unsigned disk, const DiskState& a, const DiskState& b,
                  std::vector<SnapshotDiff::Sectors>& sectors) {
  std::vector<u32> changed;
  for (const auto& [lba, sector] : a.written) {
    const auto other = b.written.find(lba);
    if (other == b.written.end() || *other->second != *sector) changed.push_back(lba);
  }
  for (const auto& [lba, sector] : b.written)
    if (!a.written.contains(lba)) changed.push_back(lba);
  std::sort(changed.begin(), changed.end());
  for (std::size_t i = 0; i < changed.size(); ++i) {
    if (i == 0 || changed[i] != changed[i - 1] + 1) sectors.push_back({disk, changed[i], 0});
    sectors.back().last = changed[i];
  }
}

}  // namespace

SnapshotDiff diff_snapshots(const SnapshotFile& a, const SnapshotFile& b) {
  const auto left = open_up(a), right = open_up(b);
  SnapshotDiff diff;
  diff.a = a.name;
  diff.b = b.name;
  add(diff.moment, "clock", std::to_string(a.header.clock), std::to_string(b.header.clock));
  add(diff.moment, "instructions", std::to_string(a.header.instructions),
      std::to_string(b.header.instructions));
  for (const ConfigurationDifference& each : compare_configurations(a.header, b.header))
    diff.configuration.push_back({each.what, each.a, each.b});
  diff.registers = compare_registers(left->context(), right->context());
  diff.tlb = compare_tlbs(left->context(), right->context());
  diff.page_size = arch::Geometry<arch::Paging>::page_size;
  diff.ram_bytes = std::min(a.header.memory_mb, b.header.memory_mb) << 20;
  diff.pages = compare_memory(a.snapshot, b.snapshot, diff.page_size);
  diff.devices = compare_boards(left->board(), right->board());
  for (unsigned i = 0; i < a.snapshot.disks.size(); ++i)
    compare_disk(i, a.snapshot.disks[i], b.snapshot.disks[i], diff.sectors);
  return diff;
}

}  // namespace faultline
