// Fills the interrupt vector table, and answers what nothing else answers: stray IRQs and processor
// exceptions. [PC/AT TR "Interrupt vectors"]
#include "firmware/vectors.hpp"

#include "arch/ports.hpp"
#include "firmware/bios_data.hpp"
#include "firmware/console.hpp"
#include "firmware/processor.hpp"
#include "firmware/registers.hpp"
#include "firmware/video_mode.hpp"

extern "C" {
void entry_int10();
void entry_int11();
void entry_int12();
void entry_int13();
void entry_int14();
void entry_int15();
void entry_int16();
void entry_int17();
void entry_int18();
void entry_int19();
void entry_int1a();
void entry_timer_interrupt();
void entry_keyboard_interrupt();
void entry_unexpected_irq();
void entry_numeric_error();
void entry_exception00();
void entry_exception06();
void entry_exception07();
void entry_ignored();
}

namespace firmware {
namespace {

void point(u8 vector, void (*entry)()) {
  set_vector(vector, static_cast<u16>(reinterpret_cast<u32>(entry)));
}

/// The interrupt in service, as an IRQ number, or -1: the vector was reached in another way.
int irq_in_service() {
  outb(port::pic_master_command, 0x0B);  // OCW3: read ISR [8259A "Reading status"]
  const u8 master = inb(port::pic_master_command);
  if (master == 0) return -1;
  for (int line = 0; line < 8; ++line) {
    if ((master >> line & 1) == 0) continue;
    if (line != irq::cascade) return line;
    outb(port::pic_slave_command, 0x0B);
    const u8 slave = inb(port::pic_slave_command);
    for (int i = 0; i < 8; ++i) {
      if ((slave >> i & 1) != 0) return 8 + i;
    }
    return line;  // spurious on the slave: only the master waits for an EOI
  }
  return -1;
}

[[noreturn]] void report_exception(const Registers& r, const char* what) {
  if (bda::video_mode != text_mode) set_text_mode(true);
  print("\nException ");
  print(what);
  print(" at ");
  print_hex(r.cs, 4);
  print(":");
  print_hex(r.ip, 4);
  print("\nSystem halted.\n");
  halt_for_ever();
}

}  // namespace

extern "C" void exception00(Registers& r) { report_exception(r, "00 (divide error)"); }
extern "C" void exception06(Registers& r) { report_exception(r, "06 (invalid opcode)"); }
extern "C" void exception07(Registers& r) { report_exception(r, "07 (no coprocessor)"); }

/// Vectors 0Ah to 0Fh and 70h to 77h: exceptions 0Bh to 0Dh arrive here as well in real mode.
extern "C" void unexpected_irq(Registers& r) {
  const int line = irq_in_service();
  if (line < 0) {
    const u8 opcode = far_read<u8>(r.cs, r.ip - 2u);
    if (opcode != 0xCD) report_exception(r, "0B-0F (protection or stack)");
    return;  // a program's INT instruction
  }
  if (line >= 8) outb(port::pic_slave_command, 0x20);
  outb(port::pic_master_command, 0x20);
}

/// INT 75h, IRQ 13: the coprocessor's error goes to INT 02h, where programs of the 8087 expect it.
/// [PC/AT TR, "Math Coprocessor Control"]
extern "C" void numeric_error(Registers&) {
  outb(port::numeric_error_clear, 0);
  outb(port::pic_slave_command, 0x20);
  outb(port::pic_master_command, 0x20);
  asm volatile("int $0x02");
}

void install_vectors() {
  for (unsigned v = 0; v < 0x78; ++v) point(static_cast<u8>(v), entry_ignored);
  point(0x00, entry_exception00);
  point(0x06, entry_exception06);
  point(0x07, entry_exception07);
  point(0x08, entry_timer_interrupt);
  point(0x09, entry_keyboard_interrupt);
  for (u8 v = 0x0A; v < 0x10; ++v) point(v, entry_unexpected_irq);
  for (u8 v = 0x70; v < 0x78; ++v) point(v, entry_unexpected_irq);
  point(0x75, entry_numeric_error);
  point(0x10, entry_int10);
  point(0x11, entry_int11);
  point(0x12, entry_int12);
  point(0x13, entry_int13);
  point(0x14, entry_int14);
  point(0x15, entry_int15);
  point(0x16, entry_int16);
  point(0x17, entry_int17);
  point(0x18, entry_int18);
  point(0x19, entry_int19);
  point(0x1A, entry_int1a);
  for (u8 v = 0x1D; v < 0x20; ++v) set_vector(v, 0, 0);  // tables we have none of
  set_vector(0x41, ebda::fixed_disk_tables, ebda::segment);
  set_vector(0x46, ebda::fixed_disk_tables + 16, ebda::segment);
}

void ebda_clear() {
  far_fill_words(ebda::segment, 0, 0, 512);
  ebda::kilobytes = 1;
}

void publish_fixed_disk_table(unsigned index, const Drive& drive) {
  if (index > 1) return;
  const u32 at = ebda::fixed_disk_tables + index * 16;
  far_write<u16>(ebda::segment, at, drive.cylinders);
  far_write<u8>(ebda::segment, at + 2, static_cast<u8>(drive.heads));
  far_write<u16>(ebda::segment, at + 5, 0xFFFF);  // no write precompensation
  far_write<u8>(ebda::segment, at + 8, static_cast<u8>(drive.heads > 8 ? 0x08 : 0));
  far_write<u16>(ebda::segment, at + 12, static_cast<u16>(drive.cylinders - 1));
  far_write<u8>(ebda::segment, at + 14, static_cast<u8>(drive.sectors_per_track));
}

}  // namespace firmware
