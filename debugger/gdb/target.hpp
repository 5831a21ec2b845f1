// What the protocol asks of the machine that gdb debugs.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/integers.hpp"

namespace faultline::gdb {

using arch::u32;
using arch::u8;

/// By the number in its Z packet.
enum class PointKind : u8 { Software, Hardware, Write, Read, Access };
inline constexpr unsigned point_kinds = 5;

enum class Motion : u8 {
  Continue,
  Step,   // one instruction
  Range,  // until the thread has left [start, end)
  Halt,   // none at all: vCont;t
};

struct Resumption {
  Motion motion = Motion::Continue;
  bool backwards = false;
  u32 start = 0, end = 0;       // of Motion::Range
  std::optional<u32> at{};      // execution goes on at this EIP
  std::optional<u32> thread{};  // the one that is to step, where gdb names it
};

/// Signals as gdb numbers them.
namespace signal {
inline constexpr u8 none = 0, interrupt = 2, illegal = 4, trap = 5, abort = 6, arithmetic = 8,
                    segment = 11;
}

struct Stop {
  enum class Reason : u8 {
    Signal,
    SoftwareBreakpoint,
    HardwareBreakpoint,
    Watch,
    ReadWatch,
    AccessWatch,
    HistoryBegin,  // backwards: nothing is recorded from before this moment
    HistoryEnd,
    Exited,  // the run has ended; `status` is its exit status
  };
  Reason reason = Reason::Signal;
  u8 signal = signal::trap;
  u8 status = 0;
  u32 address = 0;            // what was touched, of the watch reasons
  std::string explanation{};  // a line for a person, empty when the stop speaks for itself
};

struct Thread {
  u32 id = 0;  // not 0
  std::string name, description;
};

/// An image in the address space, and the file gdb may read its symbols from.
struct Library {
  std::string path;
  u32 first_section = 0;  // linear address
  friend bool operator==(const Library&, const Library&) = default;
};

/// A table for `info os`.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
struct TableName {
  std::string_view name, description, title;
};

class GdbTarget {
 public:
  virtual ~GdbTarget() = default;

  // Registers have the numbers of the description (registers.hpp), values their width.
  virtual std::string description() const = 0;  // target.xml
  virtual unsigned register_count() const = 0;
  virtual std::size_t register_size(unsigned number) const = 0;
  /// False: of this thread nobody knows.
  virtual bool read_register(unsigned number, std::span<u8> to) const = 0;
  /// False: the register does not take that value.
  virtual bool write_register(unsigned number, std::span<const u8> value) = 0;

  /// How many bytes from the first on could be read.
  virtual std::size_t read_memory(u32 address, std::span<u8> to) const = 0;
  /// All or nothing.
  virtual bool write_memory(u32 address, std::span<const u8> from) = 0;
  /// Whether addresses of memory are physical from now on.
  virtual void set_physical(bool physical) = 0;
  virtual bool physical() const = 0;

  virtual bool insert(PointKind kind, u32 address, u32 length) = 0;
  /// True also when there was none.
  virtual bool remove(PointKind kind, u32 address, u32 length) = 0;
  virtual void remove_all() = 0;

  /// Runs until something happens; asks `interrupted` now and then, and stops if it says so.
  virtual Stop resume(const Resumption& how, const std::function<bool()>& interrupted) = 0;
  /// Whether it can run backwards.
  virtual bool reverses() const = 0;

  virtual std::vector<Thread> threads() const = 0;
  virtual u32 current_thread() const = 0;
  /// Whose registers and memory are meant from now on. False: there is no such thread.
  virtual bool select_thread(u32 id) = 0;
  /// The linear address of a thread's TEB.
  virtual std::optional<u32> thread_information_block(u32 thread) const = 0;

  /// The file of the image that never moves; empty when there is none.
  virtual std::string executable() const = 0;
  /// All others.
  virtual std::vector<Library> libraries() const = 0;
  /// A file that either named.
  virtual std::optional<std::span<const u8>> file(std::string_view path) = 0;

  virtual std::span<const TableName> tables() const = 0;
  virtual std::optional<Table> table(std::string_view name) const = 0;

  /// Carries out a command of the monitor; its answer, or its complaint. It may run the guest.
  virtual std::string monitor(std::string_view command,
                              const std::function<bool()>& interrupted) = 0;
};

}  // namespace faultline::gdb
