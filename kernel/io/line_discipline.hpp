// The console's line discipline: characters in, an echo and finished lines out.
// No I/O of its own, so that the host's tests run it.
#pragma once

#include "arch/integers.hpp"

/// `Sink` gets the echo: void echo(char).
template <class Sink, arch::u32 capacity = 1024>
class LineDiscipline {
 public:
  static constexpr char backspace = '\b', rubout = 0x7F, end_of_text = 0x04, control_z = 0x1A;

  explicit constexpr LineDiscipline(Sink sink) : sink_(sink) {}

  /// One character as typed. True when a reader has something to read now.
  bool put(char c) {
    const bool after_return = last_was_return_;
    last_was_return_ = c == '\r';
    switch (c) {
      case '\n':
        if (after_return) return false;  // CR LF is one line end
        [[fallthrough]];
      case '\r':
        return finish_line();
      case backspace:
      case rubout:
        erase();
        return false;
      case end_of_text:
      case control_z:
        return finish_input();
      default:
        return insert(c);
    }
  }

  bool readable() const { return committed_ != 0 || end_of_file_ != 0; }

  /// At most one line, its \r\n included; 0 is end of file.
  arch::u32 read(char* buffer, arch::u32 size) {
    if (committed_ == 0) {
      if (end_of_file_ != 0) --end_of_file_;
      return 0;
    }
    arch::u32 count = 0;
    while (count < size && committed_ != 0) {
      const char c = ring_[first_];
      first_ = next(first_);
      --committed_;
      buffer[count++] = c;
      if (c == '\n') break;
    }
    return count;
  }

 private:
  static constexpr arch::u32 next(arch::u32 index) { return (index + 1) % capacity; }
  static constexpr arch::u32 before(arch::u32 index) { return (index + capacity - 1) % capacity; }

  void store(char c) {
    ring_[last_] = c;
    last_ = next(last_);
    ++editing_;
  }

  bool insert(char c) {
    const auto code = static_cast<unsigned char>(c);
    if (code < ' ' && c != '\t') return false;
    // Two places are kept for the end of the line.
    if (committed_ + editing_ + 2 >= capacity) {
      sink_.echo('\a');
      return false;
    }
    store(c);
    sink_.echo(c);
    return false;
  }

  void erase() {
    if (editing_ == 0) return;
    last_ = before(last_);
    --editing_;
    sink_.echo('\b');
    sink_.echo(' ');
    sink_.echo('\b');
  }

  bool finish_line() {
    store('\r');
    store('\n');
    sink_.echo('\r');
    sink_.echo('\n');
    commit();
    return true;
  }

  /// What has been typed of a line goes to the reader first.
  bool finish_input() {
    commit();
    ++end_of_file_;
    return true;
  }

  void commit() {
    committed_ += editing_;
    editing_ = 0;
  }

  Sink sink_;
  char ring_[capacity] = {};
  arch::u32 first_ = 0, last_ = 0;  // of the ring: next to read, next to write
  arch::u32 committed_ = 0, editing_ = 0;
  arch::u32 end_of_file_ = 0;
  bool last_was_return_ = false;
};
