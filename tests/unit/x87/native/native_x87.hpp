// The host's own x87 as a witness: one instruction, given as bytes, from a whole state to the next.
#pragma once

#include <sys/mman.h>

#include <cstring>
#include <stdexcept>
#include <vector>

#include "cpu/x87/environment.hpp"
#include "cpu/x87/register_stack.hpp"

namespace faultline::x87::test {

class NativeX87 {
 public:
  NativeX87() {
    code_ = static_cast<u8*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (code_ == MAP_FAILED) throw std::runtime_error("no executable memory");
  }
  ~NativeX87() { munmap(code_, 4096); }
  NativeX87(const NativeX87&) = delete;
  NativeX87& operator=(const NativeX87&) = delete;

  /// `bytes` name memory by [RCX].
  void set_instruction(const std::vector<u8>& bytes) {
    std::vector<u8> all = {0xDD, 0x27};  // FRSTOR [RDI]
    all.insert(all.end(), bytes.begin(), bytes.end());
    for (u8 b : {0x66, 0x89, 0x02,  // MOV [RDX], AX
                 0xDD, 0x36,        // FNSAVE [RSI]
                 0xC3})             // RET
      all.push_back(b);
    std::memcpy(code_, all.data(), all.size());
  }
  /// Runs it on `state` and `memory`, and tells AX.
  u16 run(X87State& state, u8* memory) const {
    Image before = image_of(state), after;
    u16 ax = 0;
    using Code = void (*)(const Image*, Image*, u16*, u8*);
    Code call;
    std::memcpy(&call, &code_, sizeof call);
    call(&before, &after, &ax, memory);
    state = state_of(after, state);
    return ax;
  }

 private:
  struct Image {
    u8 bytes[108] = {};
  };
  static Image image_of(const X87State& state) {
    Image image;
    const Environment e = environment_of(state, Pointers::Protected, true);
    std::memcpy(image.bytes, e.data(), 28);
    std::memset(image.bytes + 12, 0, 16);
    for (unsigned i = 0; i < 8; ++i) {
      const Extended x = state.registers[(state.top + i) & 7];
      std::memcpy(image.bytes + 28 + 10 * i, &x.significand, 8);
      std::memcpy(image.bytes + 36 + 10 * i, &x.sign_exponent, 2);
    }
    return image;
  }
  /// The pointers, which mean nothing here, stay as in `old`.
  static X87State state_of(const Image& image, const X87State& old) {
    X87State state = old;
    u32 word[3];
    std::memcpy(word, image.bytes, 12);
    state.control.value = static_cast<u16>(word[0]);
    state.status = static_cast<u16>(word[1] & ~u32{status::top_mask});
    state.top = word[1] >> status::top_shift & 7;
    state.occupied = 0;
    for (unsigned i = 0; i < 8; ++i) {
      if ((word[2] >> 2 * i & 3) != 3) state.occupied |= static_cast<u8>(1 << i);
      Extended& x = state.registers[(state.top + i) & 7];
      std::memcpy(&x.significand, image.bytes + 28 + 10 * i, 8);
      std::memcpy(&x.sign_exponent, image.bytes + 36 + 10 * i, 2);
    }
    return state;
  }

  u8* code_;
};

}  // namespace faultline::x87::test
