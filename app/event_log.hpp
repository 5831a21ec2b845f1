// What QEMU's -d writes, of a session: interrupts, the paging unit, instructions, ports.
#pragma once

#include <functional>
#include <optional>

#include "app/first_time.hpp"
#include "app/output.hpp"
#include "debugger/session.hpp"

namespace faultline::app {

struct LogItems {
  bool interrupts = false, mmu = false, instructions = false, ports = false;

  /// "int,mmu,in_asm": in_asm and exec are the same here. Throws UsageError with a suggestion.
  static LogItems parse(const std::string& list);
};

/// Writes a line an event while it lives, each once however often the machine goes back.
class EventLog final : public Observation {
 public:
  using Sink = std::function<void(std::string_view line)>;

  EventLog(DebugSession& session, LogItems items, Sink sink);
  ~EventLog() override;
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  void instruction() override;
  void interrupt(u8 vector, bool external, bool has_error, u32 error) override;
  void micro(const MicroStep& step) override;

 private:
  void write(const std::string& text);
  std::string place() const;

  DebugSession& session_;
  LogItems items_;
  Sink sink_;
  FirstTime first_time_;
};

/// The log that -d and -D ask for: nothing, to standard error, or to a file.
class SessionLog {
 public:
  SessionLog(DebugSession& session, const std::string& items, const std::string& path);
  /// Throws OutputError.
  void finish();

 private:
  std::optional<Output> file_;
  std::optional<EventLog> log_;
};

}  // namespace faultline::app
