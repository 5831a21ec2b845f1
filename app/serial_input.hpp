// What the terminal at COM1 types: nothing, a person's keys, or a file line by line.
#pragma once

#include <optional>
#include <string>

namespace faultline::app {

class SerialInput {
 public:
  virtual ~SerialInput() = default;
  /// Between slices of the run: bytes that came by themselves. May wait up to `wait_ms` for them.
  virtual std::string poll(int wait_ms) = 0;
  /// The guest has nothing to do but wait: what to type now.
  virtual std::string when_idle() = 0;
  /// Nothing more will come.
  virtual bool ended() const = 0;
  /// A person is typing: emulated time must not run ahead while the guest idles.
  virtual bool live() const = 0;
  /// The person asked to quit.
  virtual bool quit() const { return false; }
};

/// Standard input closed, or not connected.
class NoInput final : public SerialInput {
 public:
  std::string poll(int) override { return {}; }
  std::string when_idle() override { return {}; }
  bool ended() const override { return true; }
  bool live() const override { return false; }
};

/// A pipe or a file. One line, or `line_most` characters of a longer one, is typed each time the
/// guest waits, however late the host delivers it: the emulated moment of every byte depends on the
/// guest alone.
class PipedInput final : public SerialInput {
 public:
  static constexpr std::size_t line_most = 4096;

  /// How often a program may ask beyond the end before the run counts as over.
  static constexpr unsigned ends_typed = 64;

  /// Behind the last line Ctrl-D is typed each time the guest asks, `ends` times at most.
  explicit PipedInput(int descriptor, unsigned ends = 0) : descriptor_(descriptor), ends_(ends) {}
  std::string poll(int) override { return {}; }
  std::string when_idle() override;
  bool ended() const override { return ended_ && buffer_.empty() && ends_ == 0; }
  bool live() const override { return false; }

 private:
  int descriptor_;
  std::string buffer_;
  bool ended_ = false;
  unsigned ends_;
};

/// A terminal. In raw mode Ctrl-A x quits and Ctrl-A Ctrl-A types one Ctrl-A.
class TerminalInput final : public SerialInput {
 public:
  TerminalInput(int descriptor, bool escape) : descriptor_(descriptor), escape_(escape) {}
  std::string poll(int wait_ms) override;
  std::string when_idle() override { return {}; }
  bool ended() const override { return ended_; }
  bool live() const override { return !ended_; }
  bool quit() const override { return quit_; }

 private:
  int descriptor_;
  bool escape_;
  bool prefix_ = false;  // Ctrl-A was typed
  bool quit_ = false;
  bool ended_ = false;
};

}  // namespace faultline::app
