// A debug session as gdb's target: the machine's processor runs one of the guest's threads, and
// those are gdb's threads.
#pragma once

#include "debugger/gdb/guest_threads.hpp"
#include "debugger/gdb/images.hpp"
#include "debugger/gdb/interruptible.hpp"
#include "debugger/gdb/stepping.hpp"
#include "debugger/gdb/target.hpp"

namespace faultline::gdb {

class SessionTarget final : public GdbTarget {
 public:
  /// The process's exit status after an end of the run.
  using StatusOf = std::function<u8(const RunResult&)>;

  /// `host` is the one the session was made with.
  SessionTarget(DebugSession& session, Interruptible& host, std::string program, ImageReader reader,
                StatusOf status);
  ~SessionTarget() override;

  std::string description() const override;
  unsigned register_count() const override;
  std::size_t register_size(unsigned number) const override;
  bool read_register(unsigned number, std::span<u8> to) const override;
  bool write_register(unsigned number, std::span<const u8> value) override;
  std::size_t read_memory(u32 address, std::span<u8> to) const override;
  bool write_memory(u32 address, std::span<const u8> from) override;
  void set_physical(bool physical) override { physical_ = physical; }
  bool physical() const override { return physical_; }
  bool insert(PointKind kind, u32 address, u32 length) override;
  bool remove(PointKind kind, u32 address, u32 length) override;
  void remove_all() override;
  Stop resume(const Resumption& how, const std::function<bool()>& interrupted) override;
  bool reverses() const override { return session_.recording() != nullptr; }
  std::vector<Thread> threads() const override;
  u32 current_thread() const override;
  bool select_thread(u32 id) override;
  std::optional<u32> thread_information_block(u32 thread) const override;
  std::string executable() const override { return images_.executable(); }
  std::vector<Library> libraries() const override { return images_.list(); }
  std::optional<std::span<const u8>> file(std::string_view path) override {
    return images_.file(path);
  }
  std::span<const TableName> tables() const override;
  std::optional<Table> table(std::string_view name) const override;
  std::string monitor(std::string_view command, const std::function<bool()>& interrupted) override;

 private:
  struct Point {
    PointKind kind;
    u32 address, length;
    unsigned number;  // among the session's breakpoints
  };
  StopReport run_back(const Resumption& how);
  StopReport run(const Resumption& how, const std::function<bool()>& interrupted);
  Stop told(const StopReport& report);
  Stop ended(const StopReport& report);
  std::optional<PhysicalAddress> translate(u32 address) const;

  DebugSession& session_;
  Interruptible& host_;
  mutable Images images_;
  StatusOf status_;
  std::vector<Point> points_;
  std::optional<GuestThread> selected_;  // nothing: the one that runs
  bool physical_ = false;
  bool end_told_ = false;
};

}  // namespace faultline::gdb
