// A target for the protocol alone, and a gdb that has written down what it will say.
#pragma once

#include <algorithm>
#include <map>

#include "debugger/gdb/byte_stream.hpp"
#include "debugger/gdb/packet.hpp"
#include "debugger/gdb/target.hpp"

namespace faultline::tests {

/// Three registers of 1, 2 and 4 bytes, memory at 1000h to 1FFFh, threads 4 and 8.
class FakeTarget final : public gdb::GdbTarget {
 public:
  static constexpr arch::u32 base = 0x1000, size = 0x1000;

  std::string description() const override { return "<target>" + std::string(70000, 'x'); }
  unsigned register_count() const override { return 9; }
  std::size_t register_size(unsigned number) const override { return number == 8 ? 4 : 2; }
  bool read_register(unsigned number, std::span<arch::u8> to) const override {
    if (selected == 4 && number == 0) return false;
    std::ranges::copy(registers.at(number), to.begin());
    return true;
  }
  bool write_register(unsigned number, std::span<const arch::u8> value) override {
    if (number == 3) return false;
    registers[number].assign(value.begin(), value.end());
    return true;
  }
  std::size_t read_memory(arch::u32 address, std::span<arch::u8> to) const override {
    std::size_t n = 0;
    for (; n < to.size() && address + n - base < size; ++n) to[n] = memory[address + n - base];
    return n;
  }
  bool write_memory(arch::u32 address, std::span<const arch::u8> from) override {
    if (address < base || address - base + from.size() > size) return false;
    std::ranges::copy(from, memory.begin() + (address - base));
    return true;
  }
  void set_physical(bool physical) override { physical_ = physical; }
  bool physical() const override { return physical_; }
  bool insert(gdb::PointKind kind, arch::u32 address, arch::u32 length) override {
    if (points.size() >= 4) return false;
    points.push_back({kind, address, length});
    return true;
  }
  bool remove(gdb::PointKind kind, arch::u32 address, arch::u32 length) override {
    std::erase(points, Point{kind, address, length});
    return true;
  }
  void remove_all() override { points.clear(); }
  gdb::Stop resume(const gdb::Resumption& how, const std::function<bool()>& interrupted) override {
    resumed.push_back(how);
    if (stops.empty()) {  // runs for ever
      while (!interrupted()) ++polls;
      gdb::Stop stop;
      stop.signal = gdb::signal::interrupt;
      return stop;
    }
    const gdb::Stop stop = stops.front();
    stops.erase(stops.begin());
    return stop;
  }
  bool reverses() const override { return reversible; }
  std::vector<gdb::Thread> threads() const override {
    return {{4, "a<b", "runs"}, {8, "idle", ""}};
  }
  arch::u32 current_thread() const override { return 8; }
  bool select_thread(arch::u32 id) override {
    if (id != 4 && id != 8) return false;
    selected = id;
    return true;
  }
  std::optional<arch::u32> thread_information_block(arch::u32 thread) const override {
    return thread == 4 ? std::optional<arch::u32>(0x7FFDE000) : std::nullopt;
  }
  std::string executable() const override { return "/KERNEL.EXE"; }
  std::vector<gdb::Library> libraries() const override { return libraries_there; }
  std::optional<std::span<const arch::u8>> file(std::string_view path) override {
    if (path != "/KERNEL.EXE") return std::nullopt;
    return std::span<const arch::u8>(image);
  }
  std::span<const gdb::TableName> tables() const override {
    static constexpr gdb::TableName names[] = {{"tlb", "the TLB", "TLB"}};
    return names;
  }
  std::optional<gdb::Table> table(std::string_view name) const override {
    if (name != "tlb") return std::nullopt;
    return gdb::Table{{"set", "page"}, {{"0", "<&>"}, {"1", "00400000"}}};
  }
  std::string monitor(std::string_view command, const std::function<bool()>&) override {
    return "did " + std::string(command);
  }

  struct Point {
    gdb::PointKind kind;
    arch::u32 address, length;
    friend bool operator==(const Point&, const Point&) = default;
  };
  std::map<unsigned, std::vector<arch::u8>> registers = [] {
    std::map<unsigned, std::vector<arch::u8>> all;
    for (unsigned i = 0; i < 8; ++i) all[i] = {static_cast<arch::u8>(i), 0x10};
    all[8] = {0x78, 0x56, 0x34, 0x12};
    return all;
  }();
  std::vector<arch::u8> memory = std::vector<arch::u8>(size, 0xAB);
  std::vector<arch::u8> image = {'M', 'Z', '#', '$', '}', '*', 0, 3};
  std::vector<Point> points;
  std::vector<gdb::Resumption> resumed;
  std::vector<gdb::Stop> stops;
  std::vector<gdb::Library> libraries_there;
  bool reversible = false;
  arch::u32 selected = 0;
  unsigned polls = 0;

 private:
  bool physical_ = false;
};

/// Everything gdb says at once, then the end of the line; what we answer is kept.
class Script final : public gdb::ByteStream {
 public:
  explicit Script(std::string input) : input_(std::move(input)) {}
  std::optional<std::size_t> read(std::span<arch::u8> to, int milliseconds) override {
    if (at_ == input_.size()) return std::nullopt;
    if (milliseconds == 0 && patience_-- > 0) return 0;  // the guest runs a while first
    const std::size_t n = std::min({to.size(), input_.size() - at_, std::size_t{piece}});
    std::copy_n(input_.begin() + static_cast<std::ptrdiff_t>(at_), n, to.begin());
    at_ += n;
    return n;
  }
  bool write(std::span<const arch::u8> bytes) override {
    output.append(bytes.begin(), bytes.end());
    return true;
  }
  std::string output;
  std::size_t piece = 3;

 private:
  std::string input_;
  std::size_t at_ = 0;
  int patience_ = 5;
};

}  // namespace faultline::tests
