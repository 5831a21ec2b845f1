// Power-on self test from the first stack on, the banner, and the way to INT 19h.
#include "arch/ports.hpp"
#include "arch/registers.hpp"
#include "firmware/a20.hpp"
#include "firmware/ata.hpp"
#include "firmware/bios_data.hpp"
#include "firmware/clock.hpp"
#include "firmware/console.hpp"
#include "firmware/keyboard_controller.hpp"
#include "firmware/post_codes.h"
#include "firmware/processor.hpp"
#include "firmware/protected_mode.hpp"
#include "firmware/serial.hpp"
#include "firmware/system_memory.hpp"
#include "firmware/vectors.hpp"
#include "firmware/video_mode.hpp"

namespace firmware {
namespace {

void begin(u8 step) { outb(port::post, step); }

/// Failures from the video step on can be read on the screen; the code stays on port 80h.
[[noreturn]] void fail(const char* what) {
  print(what);
  print("\nSystem halted.\n");
  halt_for_ever();
}

void initialise_bda() {
  bda::memory_kilobytes = static_cast<u16>(ebda::linear / 1024);
  bda::extended_segment = ebda::segment;
  // 80 x 25 colour, and the coprocessor as set up; serial ports and the rest as they are found.
  bda::equipment = equipment::colour_80 | (cmos_read(cmos::equipment) & equipment::numeric);
  bda::keyboard_buffer_start = 0x1E;
  bda::keyboard_buffer_end = 0x3E;
  bda::keyboard_head = 0x1E;
  bda::keyboard_tail = 0x1E;
  bda::keyboard_status3 = 0x10;  // enhanced keyboard
}

/// Valid RAM and time, and a base memory that is ours to use.
bool cmos_is_valid() {
  const bool powered = (cmos_read(cmos::status_d) & 0x80) != 0;  // VRT [MC146818 "Register D"]
  return powered && base_kilobytes() == memory_map::conventional_end / 1024;
}

/// Counter 0 free-running for IRQ 0 at 18.2 Hz, counter 1 for refresh; both must count.
bool initialise_timer() {
  outb(port::pit_control, 0x34);  // counter 0, both bytes, mode 2 [8254 "Control Word"]
  outb(port::pit_counter0, 0);
  outb(port::pit_counter0, 0);
  outb(port::pit_control, 0x54);  // counter 1, low byte, mode 2
  outb(port::pit_counter1, 18);
  const u16 before = read_timer();
  for (u32 i = 0; i < poll_limit; ++i) {
    if (read_timer() != before) return true;
  }
  return false;
}

/// Vectors 08h and 70h, edge triggered, cascade on IR2; their masks must hold what is written.
bool initialise_interrupt_controllers() {
  struct Controller {
    u16 command, data;
    u8 vector, cascade;
  };
  const auto initialise = [](Controller c) {
    outb(c.command, 0x11);  // ICW1: cascade, ICW4 follows [8259A "ICW1"]
    outb(c.data, c.vector);
    outb(c.data, c.cascade);
    outb(c.data, 0x01);  // ICW4: 8086 mode
    outb(c.data, 0x55);
    const bool held = inb(c.data) == 0x55;
    outb(c.data, 0xFF);
    return held && inb(c.data) == 0xFF;
  };
  return initialise({port::pic_master_command, port::pic_master_data, 0x08, 0x04}) &&
         initialise({port::pic_slave_command, port::pic_slave_data, 0x70, 0x02});
}

/// The 386 cannot hold EFLAGS.AC, the 486 can. [486 §2.3]
bool is_486() {
  u32 changed;
  asm volatile(
      "pushfl; popl %%eax; movl %%eax, %%ecx; xorl %1, %%eax; pushl %%eax; popfl;"
      "pushfl; popl %%eax; pushl %%ecx; popfl; xorl %%ecx, %%eax; movl %%eax, %0"
      : "=r"(changed)
      : "i"(eflags::AC)
      : "eax", "ecx", "cc");
  return (changed & eflags::AC) != 0;
}

void print_banner() {
  print("Faultline BIOS 0.1\n\nProcessor : ");
  print(is_486() ? "80486\n" : "80386\n");
}

void test_range(u32 from, u32 to) {
  MemoryTest test;
  test.from = from;
  test.to = to;
  const u32 bad = call_protected(test_memory, linear_address(&test));
  if (bad == to) return;
  print("RAM error at ");
  print_hex(bad, 8);
  fail("");
}

/// A warm start, 40:72 = 1234h, skips the test. The first 64 KB were tested in reset.S.
void test_all_memory() {
  print("Memory    : ");
  if (bda::reset_flag != 0x1234) {
    test_range(0x10000, memory_map::conventional_end);
    test_range(memory_map::extended, memory_map::extended + extended_kilobytes() * 1024);
  }
  print_decimal(base_kilobytes());
  print(" KB base, ");
  print_decimal(extended_kilobytes());
  print(" KB extended\n");
}

void detect_serial_port() {
  if (!initialise_serial(port::com1)) return;
  bda::serial_ports.set(0, port::com1);
  bda::serial_timeout.set(0, 10);
  bda::equipment = static_cast<u16>(bda::equipment | 1 << 9);
  print("COM1      : 03F8\n");
}

void find_disks() {
  ebda_clear();
  const u8 count = detect_drives();
  bda::disk_count = count;
  for (u8 i = 0; i < count; ++i) {
    const Drive drive = load_drive(i);
    publish_fixed_disk_table(i, drive);
    print("Disk ");
    print_hex(0x80u + i, 2);
    print("h  : ");
    print_decimal(drive.sectors_total / 2048);
    print(" MB, ");
    print_decimal(drive.cylinders);
    print("/");
    print_decimal(drive.heads);
    print("/");
    print_decimal(drive.sectors_per_track);
    print("\n");
  }
  if (count == 0) print("Disks     : none\n");
}

}  // namespace

extern "C" [[noreturn]] void post() {
  begin(POST_VECTORS);
  install_vectors();
  initialise_bda();
  begin(POST_CMOS);
  if (!cmos_is_valid()) halt_for_ever();
  begin(POST_TIMER);
  if (!initialise_timer()) halt_for_ever();
  begin(POST_INTERRUPTS);
  if (!initialise_interrupt_controllers()) halt_for_ever();
  begin(POST_VIDEO);
  set_text_mode(true);
  print_banner();
  begin(POST_KEYBOARD);
  if (!initialise_keyboard_controller()) fail("Keyboard controller error");
  begin(POST_A20);
  set_a20(true);
  if (!a20_is_open()) fail("A20 gate error");
  begin(POST_MEMORY);
  test_all_memory();
  begin(POST_SERIAL);
  detect_serial_port();
  begin(POST_DISKS);
  find_disks();
  begin(POST_CLOCK);
  start_clock();
  outb(port::pic_master_data, 0xF8);  // timer, keyboard, cascade
  enable_interrupts();
  print("\n");
  begin(POST_BOOT);
  asm volatile("int $0x19");
  halt_for_ever();
}

}  // namespace firmware
