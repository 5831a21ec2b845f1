// Packets that run the guest, and what is told when it has stopped. [GDB, Stop Reply Packets]
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "debugger/gdb/server.hpp"

namespace faultline::gdb {
namespace {

/// Of a vCont packet: what each action asks for, and of whom.
struct Action {
  Resumption how;
  std::optional<u32> thread;
};

std::optional<Action> read_action(std::string_view text) {
  Fields fields(text);
  Action action;
  if (fields.accept('c')) {
  } else if (fields.accept('C')) {
    fields.number(2);
  } else if (fields.accept('s')) {
    action.how.motion = Motion::Step;
  } else if (fields.accept('S')) {
    fields.number(2);
    action.how.motion = Motion::Step;
  } else if (fields.accept('t')) {
    action.how.motion = Motion::Halt;
  } else if (fields.accept('r')) {
    action.how.motion = Motion::Range;
    action.how.start = fields.address();
    fields.expect(',');
    action.how.end = fields.address();
  } else {
    return std::nullopt;
  }
  if (fields.accept(':')) action.thread = read_thread(fields).id;
  if (!fields.complete()) return std::nullopt;
  return action;
}

std::string_view reason_text(Stop::Reason reason) {
  switch (reason) {
    case Stop::Reason::SoftwareBreakpoint:
      return "swbreak:;";
    case Stop::Reason::HardwareBreakpoint:
      return "hwbreak:;";
    case Stop::Reason::HistoryBegin:
      return "replaylog:begin;";
    case Stop::Reason::HistoryEnd:
      return "replaylog:end;";
    default:
      return "";
  }
}

std::string_view watch_name(Stop::Reason reason) {
  switch (reason) {
    case Stop::Reason::Watch:
      return "watch";
    case Stop::Reason::ReadWatch:
      return "rwatch";
    case Stop::Reason::AccessWatch:
      return "awatch";
    default:
      return "";
  }
}

}  // namespace

/// The frame's registers come along, so that gdb need not ask for them.
std::string Server::tell_position(std::string_view reason) const {
  std::string text =
      fmt::format("T{:02x}{}thread:{:x};", last_stop_.signal, reason, target_.current_thread());
  constexpr unsigned esp = 4, ebp = 5, eip = 8;
  for (const unsigned number : {ebp, esp, eip}) {
    text += fmt::format("{:02x}:{};", number, register_text(number));
  }
  return text;
}

std::string Server::tell(const Stop& stop) {
  last_stop_ = stop;
  if (stop.reason == Stop::Reason::Exited) {
    end_ = End::Exited;
    return fmt::format("W{:02x}", stop.status);
  }
  target_.select_thread(target_.current_thread());
  const std::string_view watch = watch_name(stop.reason);
  return tell_position(watch.empty() ? std::string(reason_text(stop.reason))
                                     : fmt::format("{}:{:x};", watch, stop.address));
}

Server::Reply Server::why_stopped(Fields& fields) {
  if (!fields.complete()) return error::malformed;
  return tell(last_stop_);
}

/// A stop that brings new libraries is told in two: the libraries first, which makes gdb place its
/// breakpoints in them and ask to go on; then the stop itself.
Server::Reply Server::resume(Resumption how) {
  if (held_back_) return tell(*std::exchange(held_back_, std::nullopt));
  if (how.motion == Motion::Halt) return tell(Stop{.signal = signal::none});
  if (how.backwards && !target_.reverses()) return error::failed;
  const Stop stop = target_.resume(how, [this] { return connection_->interrupted(); });
  if (!stop.explanation.empty()) print(stop.explanation + "\n");
  if (stop.reason == Stop::Reason::Exited) return tell(stop);
  auto libraries = target_.libraries();
  if (libraries == libraries_) return tell(stop);
  libraries_ = std::move(libraries);
  held_back_ = stop;
  last_stop_ = Stop{};
  return tell_position("library:;");
}

Server::Reply Server::go_on(Fields& fields) {
  Resumption how;
  if (!fields.empty()) how.at = fields.address();
  return fields.complete() ? resume(how) : error::malformed;
}

Server::Reply Server::step(Fields& fields) {
  Resumption how{.motion = Motion::Step};
  if (!fields.empty()) how.at = fields.address();
  return fields.complete() ? resume(how) : error::malformed;
}

/// There is nobody in the guest to whom gdb could send a signal.
Server::Reply Server::go_on_with_signal(Fields& fields) {
  fields.number(2);
  if (!fields.failed() && !fields.empty()) fields.expect(';');
  return fields.failed() ? error::malformed : go_on(fields);
}

Server::Reply Server::step_with_signal(Fields& fields) {
  fields.number(2);
  if (!fields.failed() && !fields.empty()) fields.expect(';');
  return fields.failed() ? error::malformed : step(fields);
}

Server::Reply Server::step_back(Fields& fields) {
  if (!fields.complete()) return error::malformed;
  return resume(Resumption{.motion = Motion::Step, .backwards = true});
}

Server::Reply Server::go_back(Fields& fields) {
  if (!fields.complete()) return error::malformed;
  return resume(Resumption{.backwards = true});
}

Server::Reply Server::list_motions(Fields& fields) {
  return fields.complete() ? "vCont;c;C;s;S;t;r" : error::malformed;
}

/// The leftmost action that names a thread, or else all of them, is that thread's. There is one
/// processor: the thread to be stepped decides, and the others run meanwhile.
Server::Reply Server::move(Fields& fields) {
  constexpr unsigned most_actions = 64;
  std::optional<Resumption> chosen;
  for (unsigned n = 0; fields.accept(';'); ++n) {
    const std::string_view rest = fields.rest();
    const auto end = std::min(rest.find(';'), rest.size());
    const auto action = read_action(rest.substr(0, end));
    fields = Fields(rest.substr(end));
    if (!action || n == most_actions) return error::malformed;
    if (chosen) continue;
    chosen = action->how;
    chosen->thread = action->thread;
  }
  if (!chosen || !fields.complete()) return error::malformed;
  return resume(*chosen);
}

Server::Reply Server::detach(Fields& fields) {
  if (fields.accept(';')) fields.number();
  if (!fields.complete()) return error::malformed;
  end_ = End::Detached;
  return "OK";
}

Server::Reply Server::kill(Fields& fields) {
  if (!fields.complete()) return error::malformed;
  end_ = End::Killed;
  return std::nullopt;
}

Server::Reply Server::kill_process(Fields& fields) {
  fields.expect(';');
  fields.number();
  if (!fields.complete()) return error::malformed;
  end_ = End::Killed;
  return "OK";
}

}  // namespace faultline::gdb
