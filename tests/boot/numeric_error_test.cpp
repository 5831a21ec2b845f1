// An x87 error on a 386 board: ERROR#, the latch, IRQ 13, INT 75h of the firmware, INT 02h.
#include <gtest/gtest.h>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

const std::vector<std::uint8_t> divide_by_zero = {
    0x31, 0xC0, 0x8E, 0xD8,              // 7C00: xor ax, ax; mov ds, ax
    0xC7, 0x06, 0x08, 0x00, 0x40, 0x7C,  // mov word [8], 7C40h: INT 02h
    0xA3, 0x0A, 0x00,                    // mov [0Ah], ax
    0xB0, 0xDF, 0xE6, 0xA1,              // mov al, DFh; out A1h, al: IRQ 13 alone
    0xFB,                                // sti
    0xDB, 0xE3,                          // fninit
    0xC7, 0x06, 0x00, 0x05, 0x7B, 0x03,  // mov word [500h], 037Bh: ZM clear
    0xD9, 0x2E, 0x00, 0x05,              // fldcw [500h]
    0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9,  // fld1; fldz; fdivp
    0xDB, 0xE4,                          // fnsetpm: nothing on a 387
    0xEB, 0xFE,                          // jmp $
};
// 7C40: says E and the status word's low byte, and whether IRQ 13 is still requested or served.
const std::vector<std::uint8_t> handler = {
    0xB0, 'E',  0xE6, 0xE9,                          // mov al, 'E'; out E9h, al
    0xDF, 0xE0, 0xE6, 0xE9,                          // fnstsw ax; out E9h, al
    0xDB, 0xE2,                                      // fnclex
    0xB0, 0x0B, 0xE6, 0xA0, 0xE4, 0xA0, 0xE6, 0xE9,  // slave's ISR
    0xB0, 0x0A, 0xE6, 0xA0, 0xE4, 0xA0,              // slave's IRR
    0x24, 0x20, 0xE6, 0xE9,                          // and al, 20h: IRQ 13
    0xB0, 0x00, 0xE6, 0xF4, 0xF4,                    // exit
};

TEST(NumericError, ReachesInt02ByIrq13) {
  const Scratch scratch;
  std::vector<std::uint8_t> code = divide_by_zero;
  code.resize(0x40);
  code.insert(code.end(), handler.begin(), handler.end());
  const Outcome run =
      faultline({"boot", "--headless", "--overlay", "--serial", "none", "--cpu", "i386dx+387",
                 "--cycle-limit", "400000000", "--disk", scratch.boot_sector(code)});
  EXPECT_EQ(run.status, 1) << run.err;
  // Zero divide and the error summary are set; nothing is in service or requested any more.
  EXPECT_EQ(run.out, std::string("E\x84\0\0", 4));
}

}  // namespace
}  // namespace faultline::tests
