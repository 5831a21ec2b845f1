// 16550A: line timing, FIFOs, interrupt identification, flow control, loopback.
#include "machine/uart_16550.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "board_fixture.hpp"

namespace faultline {
namespace {

class UartTest : public BoardTest {
 protected:
  // One clock is one tick of the UART's crystal: 160 clocks are a character at 115200 baud.
  static constexpr u32 hz = 1843200;
  static constexpr u64 character = 160;

  void SetUp() override {
    out(3, 0x03);  // 8N1
    out(4, 0x08);  // OUT2
  }
  void out(u16 index, u8 value) { uart.port_write(0x3F8 + index, 1, value); }
  u8 in(u16 index) { return static_cast<u8>(uart.port_read(0x3F8 + index, 1)); }
  void input(std::string_view text) {
    uart.input({reinterpret_cast<const u8*>(text.data()), text.size()});
  }

  std::string sent;
  bool irq = false;
  Uart16550 uart{scheduler, hz, [this](u8 byte) { sent += static_cast<char>(byte); },
                 [this](bool level) { irq = level; }};
};

TEST_F(UartTest, SendsAtTheBaudRate) {
  EXPECT_EQ(in(5), 0x60);
  out(0, 'A');
  EXPECT_EQ(in(5), 0x20);  // holding register free, shift register busy
  out(0, 'B');
  EXPECT_EQ(in(5), 0x00);
  pass(character - 1);
  EXPECT_EQ(sent, "");
  pass(1);
  EXPECT_EQ(sent, "A");
  pass(character);
  EXPECT_EQ(sent, "AB");
  EXPECT_EQ(in(5), 0x60);
}

TEST_F(UartTest, DivisorLatchSetsTheRateAndReadsBack) {
  out(3, 0x83);
  out(0, 12);  // 9600 baud
  out(1, 0);
  EXPECT_EQ(in(0), 12);
  EXPECT_EQ(in(1), 0);
  out(3, 0x1F);  // 8 data bits, even parity, two stop bits: 12 bits a frame
  out(0, 'x');
  pass(12 * 16 * 12 - 1);
  EXPECT_EQ(sent, "");
  pass(1);
  EXPECT_EQ(sent, "x");
}

TEST_F(UartTest, TransmitterInterruptsAndIirClearsIt) {
  EXPECT_EQ(in(2), 0x01);
  out(1, 0x02);
  EXPECT_TRUE(irq);  // enabled while empty
  EXPECT_EQ(in(2), 0x02);
  EXPECT_FALSE(irq);
  EXPECT_EQ(in(2), 0x01);
  out(0, 'A');
  EXPECT_TRUE(irq);  // moved on to the shift register
  out(0, 'B');
  EXPECT_FALSE(irq);
  pass(character);
  EXPECT_TRUE(irq);
}

TEST_F(UartTest, HoldsInputUntilDtrAndRts) {
  input("hi");
  pass(10 * character);
  EXPECT_EQ(in(5) & 1, 0);
  out(4, 0x09);
  pass(10 * character);
  EXPECT_EQ(in(5) & 1, 0);
  out(4, 0x0B);
  pass(character);
  EXPECT_EQ(in(5) & 1, 1);
  EXPECT_EQ(in(0), 'h');
  out(4, 0x09);  // RTS off: the terminal waits
  pass(10 * character);
  EXPECT_EQ(in(5) & 1, 0);
  EXPECT_FALSE(uart.input_sent());
  out(4, 0x0B);
  pass(character);
  EXPECT_EQ(in(0), 'i');
  EXPECT_TRUE(uart.input_sent());
}

TEST_F(UartTest, WithoutFifosALateReaderLosesTheOldByte) {
  out(4, 0x0B);
  out(1, 0x05);
  input("ab");
  pass(2 * character);
  EXPECT_TRUE(irq);
  EXPECT_EQ(in(2), 0x06);  // line status comes first
  EXPECT_EQ(in(5) & 0x03, 0x03);
  EXPECT_EQ(in(5) & 0x03, 0x01);  // OE is cleared by reading
  EXPECT_EQ(in(2), 0x04);
  EXPECT_EQ(in(0), 'b');
  EXPECT_EQ(in(2), 0x01);
}

TEST_F(UartTest, FifoInterruptsAtItsTriggerAndByTimeout) {
  out(4, 0x0B);
  out(2, 0x81);  // FIFOs, trigger at 8
  out(1, 0x01);
  input("0123456789");
  pass(7 * character);
  EXPECT_FALSE(irq);
  pass(character);
  EXPECT_TRUE(irq);
  EXPECT_EQ(in(2), 0xC4);
  pass(2 * character);
  for (char expected = '0'; expected <= '8'; ++expected) EXPECT_EQ(in(0), expected);
  EXPECT_EQ(in(2), 0xC1);
  pass(4 * character - 1);
  EXPECT_FALSE(irq);
  pass(1);
  EXPECT_TRUE(irq);
  EXPECT_EQ(in(2), 0xCC);
  EXPECT_EQ(in(0), '9');
  EXPECT_FALSE(irq);
}

TEST_F(UartTest, AFullFifoKeepsSixteenBytesAndReportsOverrun) {
  out(4, 0x0B);
  out(2, 0x01);
  input("0123456789ABCDEFGH");
  pass(18 * character);
  EXPECT_EQ(in(5) & 0x02, 0x02);
  for (char expected : std::string("0123456789ABCDEF")) EXPECT_EQ(in(0), expected);
  EXPECT_EQ(in(5) & 0x01, 0);
}

TEST_F(UartTest, TransmitFifoTakesSixteenBytes) {
  out(2, 0x01);
  for (char byte = 'a'; byte <= 's'; ++byte) out(0, static_cast<u8>(byte));
  pass(30 * character);
  EXPECT_EQ(sent, "abcdefghijklmnopq");  // one in the shift register, sixteen behind it
}

TEST_F(UartTest, LoopbackReturnsBytesAndModemLines) {
  in(6);
  out(4, 0x1B);  // LOOP, OUT2, RTS, DTR
  EXPECT_EQ(in(6) & 0xF0, 0xB0);
  out(4, 0x10);
  EXPECT_EQ(in(6), 0x0B);  // CTS, DSR and DCD fell
  EXPECT_EQ(in(6), 0x00);
  out(0, 0x5A);
  pass(character);
  EXPECT_EQ(in(0), 0x5A);
  EXPECT_EQ(sent, "");
}

TEST_F(UartTest, TheTerminalIsAlwaysThere) { EXPECT_EQ(in(6) & 0xF0, 0xB0); }

TEST_F(UartTest, Out2GatesTheInterrupt) {
  out(4, 0x00);
  out(1, 0x02);
  EXPECT_FALSE(irq);
  EXPECT_EQ(in(2), 0x02);
}

TEST_F(UartTest, DrainDeliversWhatTheTransmitterHolds) {
  out(2, 0x01);
  for (char byte : std::string("done\n")) out(0, static_cast<u8>(byte));
  uart.drain();
  EXPECT_EQ(sent, "done\n");
  EXPECT_EQ(in(5), 0x60);
}

TEST_F(UartTest, ScratchAndReservedBits) {
  out(7, 0xA5);
  EXPECT_EQ(in(7), 0xA5);
  out(1, 0xFF);
  EXPECT_EQ(in(1), 0x0F);
  out(4, 0xFF);
  EXPECT_EQ(in(4), 0x1F);
}

}  // namespace
}  // namespace faultline
