// One line an event.
#include "app/event_log.hpp"

#include <fmt/format.h>

#include "app/exit_code.hpp"
#include "debugger/micro_text.hpp"
#include "debugger/suggestion.hpp"

namespace faultline::app {
namespace {

bool of_paging(MicroEvent event) {
  return event >= MicroEvent::TlbLookup && event <= MicroEvent::PageFault;
}

}  // namespace

LogItems LogItems::parse(const std::string& list) {
  static const std::vector<std::string> names{"exec", "in_asm", "int", "ioport", "mmu"};
  LogItems items;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    const std::string name = list.substr(at, end - at);
    if (name == "int") {
      items.interrupts = true;
    } else if (name == "mmu") {
      items.mmu = true;
    } else if (name == "in_asm" || name == "exec") {
      items.instructions = true;
    } else if (name == "ioport") {
      items.ports = true;
    } else {
      throw UsageError(fmt::format("-d {}: no item '{}'{}; there are: {}", list, name,
                                   suggestion(name, names), fmt::join(names, ", ")));
    }
    at = end + 1;
  }
  return items;
}

EventLog::EventLog(DebugSession& session, LogItems items, Sink sink)
    : session_(session), items_(items), sink_(std::move(sink)) {
  micro_steps = items.mmu || items.ports;
  session_.listen(*this);
}

EventLog::~EventLog() { session_.unlisten(*this); }

void EventLog::write(const std::string& text) {
  const u64 clock = session_.machine().clocks();
  const Recording* past = session_.recording();
  if (past == nullptr || first_time_(clock, session_.journeys(), past->latest_clock()))
    sink_(fmt::format("{:>12}  {}\n", clock, text));
}

std::string EventLog::place() const {
  const State& s = session_.state();
  const std::string symbol = session_.symbols().describe(session_.linear_eip());
  return fmt::format("{:04X}:{:08X}{}{}", s.segment[CS].selector, s.eip, symbol.empty() ? "" : " ",
                     symbol);
}

void EventLog::instruction() {
  if (items_.instructions)
    write(place() + "  " + disassemble_at(session_, session_.linear_eip()).text);
}

void EventLog::interrupt(u8 vector, bool external, bool has_error, u32 error) {
  if (!items_.interrupts) return;
  std::string text = external ? fmt::format("IRQ, vector {:02X}", vector) : vector_name(vector);
  if (has_error) text += fmt::format(", error code {:04X}", error);
  if (!external && static_cast<Vector>(vector) == Vector::PF)
    text += fmt::format(", CR2 {:08X}", session_.context().mmu.registers.cr2);
  write(text + " at " + place());
}

void EventLog::micro(const MicroStep& step) {
  const bool port = step.what == MicroEvent::PortRead || step.what == MicroEvent::PortWrite;
  if ((items_.mmu && of_paging(step.what)) || (items_.ports && port)) write(to_text(step));
}

SessionLog::SessionLog(DebugSession& session, const std::string& items, const std::string& path) {
  if (!path.empty() && items.empty()) throw UsageError("-D says where -d writes; there is no -d");
  if (items.empty()) return;
  const LogItems wanted = LogItems::parse(items);
  if (!path.empty()) file_.emplace(path);
  log_.emplace(session, wanted, [this](std::string_view line) {
    if (file_) return file_->write(line);
    fmt::print(stderr, "{}", line);
  });
}

void SessionLog::finish() {
  log_.reset();
  if (file_) file_->finish();
}

}  // namespace faultline::app
