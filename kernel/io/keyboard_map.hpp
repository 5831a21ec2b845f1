// Set-1 scan codes to characters, US layout. [PC/AT TR, Keyboard]
#pragma once

#include "arch/integers.hpp"

/// Follows the modifier keys; gives a character for each key press that has one, otherwise 0.
class KeyboardMap {
 public:
  constexpr char translate(arch::u8 code) {
    if (code == extended_prefix) {
      extended_ = true;
      return 0;
    }
    const bool extended = extended_;
    extended_ = false;
    const bool released = (code & 0x80) != 0;
    const arch::u8 key = code & 0x7F;
    if (key == left_shift || key == right_shift) {
      if (!extended) shift_ = !released;
      return 0;
    }
    if (key == control) {
      control_ = !released;
      return 0;
    }
    if (released) return 0;
    if (key == caps_lock) {
      caps_ = !caps_;
      return 0;
    }
    if (extended) return key == keypad_enter ? '\r' : key == keypad_slash ? '/' : '\0';
    if (key >= keys) return 0;
    char c = plain[key];
    const bool letter = c >= 'a' && c <= 'z';
    if (shift_ != (letter && caps_)) c = shifted[key];
    if (control_) return letter ? static_cast<char>(plain[key] & 0x1F) : '\0';
    return c;
  }

 private:
  static constexpr arch::u8 extended_prefix = 0xE0, control = 0x1D, left_shift = 0x2A,
                            right_shift = 0x36, caps_lock = 0x3A, keypad_enter = 0x1C,
                            keypad_slash = 0x35;
  static constexpr unsigned keys = 0x3A;
  static constexpr const char* plain =
      "\0\0331234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
  static constexpr const char* shifted =
      "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

  bool extended_ = false, shift_ = false, control_ = false, caps_ = false;
};
