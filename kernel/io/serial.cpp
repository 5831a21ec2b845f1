// COM1: a 16550A at 115200 8N1; received characters by interrupt. [16550A]
#include "kernel/io/serial.hpp"

#include "arch/ports.hpp"
#include "kernel/io/console.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/trap.hpp"

namespace {

constexpr arch::u16 base = arch::port::com1;
constexpr arch::u16 data = base, interrupt_enable = base + 1, fifo_control = base + 2,
                    line_control = base + 3, modem_control = base + 4, line_status = base + 5;
constexpr UCHAR divisor_latch = 0x80, eight_bits_no_parity = 0x03;
constexpr UCHAR fifo_enable_and_clear = 0x07;
constexpr UCHAR DTR = 0x01, RTS = 0x02, OUT2 = 0x08;  // OUT2 lets the interrupt through to the bus
constexpr UCHAR received_data_available = 0x01;
constexpr UCHAR data_ready = 0x01, holding_register_empty = 0x20;
constexpr unsigned fifo_depth = 16;
constexpr ULONG spin_limit = 1'000'000;

void serial_interrupt(const KTRAP_FRAME*) {
  while ((READ_PORT_UCHAR(line_status) & data_ready) != 0) {
    IoConsoleReceive(static_cast<char>(READ_PORT_UCHAR(data)));
  }
}

}  // namespace

void HalInitializeSerial() {
  WRITE_PORT_UCHAR(interrupt_enable, 0);
  WRITE_PORT_UCHAR(line_control, divisor_latch);
  WRITE_PORT_UCHAR(data, 1);  // 115200 / 1
  WRITE_PORT_UCHAR(interrupt_enable, 0);
  WRITE_PORT_UCHAR(line_control, eight_bits_no_parity);
  WRITE_PORT_UCHAR(fifo_control, fifo_enable_and_clear);
}

void HalEnableSerialInput() {
  KeConnectInterrupt(arch::irq::com1, serial_interrupt);
  WRITE_PORT_UCHAR(interrupt_enable, received_data_available);
  HalAcceptSerialInput(true);
}

void HalAcceptSerialInput(bool accept) {
  WRITE_PORT_UCHAR(modem_control, static_cast<UCHAR>(DTR | OUT2 | (accept ? RTS : 0)));
}

/// Sixteen characters fit each time the transmitter's FIFO is empty.
void HalWriteSerial(const char* text, std::size_t length) {
  static constinit unsigned room = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (room == 0) {
      for (ULONG spin = 0; spin < spin_limit; ++spin) {
        if ((READ_PORT_UCHAR(line_status) & holding_register_empty) != 0) break;
      }
      room = fifo_depth;
    }
    WRITE_PORT_UCHAR(data, static_cast<UCHAR>(text[i]));
    --room;
  }
}
