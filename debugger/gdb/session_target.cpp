// Registers, memory, breakpoints, threads and commands of a session, for gdb.
#include "debugger/gdb/session_target.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "debugger/command.hpp"
#include "debugger/gdb/qemu_monitor.hpp"
#include "debugger/gdb/registers.hpp"
#include "debugger/gdb/tables.hpp"

namespace faultline::gdb {
namespace {

using Geometry = arch::Geometry<Paging>;
constexpr std::size_t most_points = 1024;

}  // namespace

SessionTarget::SessionTarget(DebugSession& session, Interruptible& host, std::string program,
                             ImageReader reader, StatusOf status)
    : session_(session),
      host_(host),
      images_(session, std::move(program), std::move(reader)),
      status_(std::move(status)) {}

SessionTarget::~SessionTarget() { remove_all(); }

std::string SessionTarget::description() const { return describe_registers(); }
unsigned SessionTarget::register_count() const { return static_cast<unsigned>(registers().size()); }
std::size_t SessionTarget::register_size(unsigned number) const {
  return registers()[number].bytes();
}

bool SessionTarget::read_register(unsigned number, std::span<u8> to) const {
  const Register& reg = registers()[number];
  if (!selected_) return gdb::read_register(session_.context(), reg, to), true;
  const bool cr3 = reg.place == Place::Control && reg.index == 3;
  const auto value = cr3 ? std::optional<u32>(selected_->directory)
                         : saved_register(session_.memory(), *selected_, number);
  if (!value) return false;
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<u8>(*value >> 8 * i);
  return true;
}

/// Within an instruction only looking is possible: gdb would not learn that it went on.
bool SessionTarget::write_register(unsigned number, std::span<const u8> value) {
  Machine& machine = session_.machine();
  std::vector<u8> now(value.size());
  if (read_register(number, now) && std::ranges::equal(now, value)) return true;
  if (selected_ || session_.inside() || session_.ended()) return false;
  return gdb::write_register(machine.context(), machine.engine(), registers()[number], value);
}

std::optional<PhysicalAddress> SessionTarget::translate(u32 address) const {
  if (physical_) return PhysicalAddress{address};
  PagingRegisters control = session_.context().mmu.registers;
  if (selected_) control.cr3 = selected_->directory;
  return Peek<Paging>(control, session_.context().memory).translate({address});
}

std::size_t SessionTarget::read_memory(u32 address, std::span<u8> to) const {
  std::size_t done = 0;
  while (done < to.size()) {
    const u32 at = address + static_cast<u32>(done);
    const std::size_t in_page = Geometry::page_size - (at & Geometry::offset_mask);
    const std::size_t size = std::min(in_page, to.size() - done);
    const auto physical = translate(at);
    if (!physical) break;
    session_.context().memory.read_bytes(*physical, to.subspan(done, size));
    done += size;
  }
  return done;
}

bool SessionTarget::write_memory(u32 address, std::span<const u8> from) {
  std::vector<u8> now(from.size());
  if (read_memory(address, now) != from.size()) return false;
  if (std::ranges::equal(now, from)) return true;
  if (session_.inside()) return false;
  PhysicalMemory& memory = session_.machine().memory();
  for (std::size_t done = 0; done < from.size();) {
    const u32 at = address + static_cast<u32>(done);
    const std::size_t in_page = Geometry::page_size - (at & Geometry::offset_mask);
    const std::size_t size = std::min(in_page, from.size() - done);
    memory.write_bytes(*translate(at), from.subspan(done, size));
    done += size;
  }
  read_memory(address, now);
  return std::ranges::equal(now, from);  // ROM keeps what it has
}

bool SessionTarget::insert(PointKind kind, u32 address, u32 length) {
  if (points_.size() >= most_points) return false;
  Breakpoint b;
  b.address = address;
  std::string what = session_.symbols().describe(address);
  if (what.empty()) what = fmt::format("{:08X}", address);
  if (kind == PointKind::Software || kind == PointKind::Hardware) {
    b.kind = BreakKind::Linear;
  } else {
    if (length == 0 || length > Geometry::page_size) return false;
    b.kind = BreakKind::Watch;
    b.bytes = length;
    b.read = kind != PointKind::Write;
    b.write = kind != PointKind::Read;
    b.execute = false;
  }
  b.said = what + " (gdb)";
  points_.push_back({kind, address, length, session_.breakpoints().add(b).number});
  return true;
}

bool SessionTarget::remove(PointKind kind, u32 address, u32 length) {
  const auto point = std::ranges::find_if(points_, [&](const Point& p) {
    return p.kind == kind && p.address == address && p.length == length;
  });
  if (point == points_.end()) return true;
  session_.breakpoints().remove(point->number);
  points_.erase(point);
  return true;
}

void SessionTarget::remove_all() {
  for (const Point& point : points_) session_.breakpoints().remove(point.number);
  points_.clear();
}

std::vector<Thread> SessionTarget::threads() const {
  std::vector<Thread> threads;
  for (const GuestThread& thread : guest_threads(session_)) {
    threads.push_back({thread.id, thread.process, thread.state});
  }
  return threads;
}

u32 SessionTarget::current_thread() const { return running_guest_thread(session_).id; }

bool SessionTarget::select_thread(u32 id) {
  selected_.reset();
  if (id == current_thread()) return true;
  for (const GuestThread& thread : guest_threads(session_)) {
    if (thread.id == id) selected_ = thread;
  }
  return selected_.has_value();
}

std::optional<u32> SessionTarget::thread_information_block(u32 thread) const {
  for (const GuestThread& guest : guest_threads(session_)) {
    if (guest.id == thread && guest.teb != 0) return guest.teb;
  }
  return std::nullopt;
}

std::span<const TableName> SessionTarget::tables() const { return table_names(); }
std::optional<Table> SessionTarget::table(std::string_view name) const {
  return make_table(session_, name);
}

std::string SessionTarget::monitor(std::string_view command,
                                   const std::function<bool()>& interrupted) {
  const auto first = command.find_first_not_of(" \t\n");
  command = first == std::string_view::npos ? "" : command.substr(first);
  command = command.substr(0, command.find_last_not_of(" \t\n") + 1);
  if (auto answer = qemu_answer(session_.context(), command)) return *answer;
  const Position before = session_.position();
  std::string text;
  host_.asked = interrupted;
  try {
    text = execute_command(session_, command).text;
  } catch (const CommandError& error) {
    text = error.what();
  } catch (const SessionError& error) {
    text = error.what();
  }
  host_.asked = nullptr;
  if (session_.quit) {
    session_.quit = false;
    return "gdb holds the machine: `kill` ends it, `detach` lets it run on";
  }
  if (session_.position() != before) {
    text += "\n(gdb does not know that the guest has moved: `maintenance flush register-cache`)";
  }
  return text;
}

}  // namespace faultline::gdb
