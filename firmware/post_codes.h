// Power-on self test: the byte each step writes to port 80h before it starts; when a step fails the
// processor halts there, so the last code names the culprit. Shared by assembly and C++;
// docs/firmware.md has the table with what each step checks.
#pragma once

#define POST_CPU          0x01  // flags and registers
#define POST_ROM_CHECKSUM 0x02
#define POST_SHUTDOWN     0x03  // CMOS shutdown byte: resume a program after a reset?
#define POST_BASE_64K     0x04  // the memory the stack needs
#define POST_VECTORS      0x05  // interrupt vectors, BIOS data area
#define POST_CMOS         0x06  // clock valid, memory size
#define POST_TIMER        0x07  // 8254
#define POST_INTERRUPTS   0x08  // 8259 pair
#define POST_VIDEO        0x09
#define POST_KEYBOARD     0x0A  // 8042 self-test
#define POST_A20          0x0B
#define POST_MEMORY       0x0C  // all of RAM, per 64 KB
#define POST_SERIAL       0x0D
#define POST_DISKS        0x0E
#define POST_CLOCK        0x0F  // tick count from the RTC, interrupts on
#define POST_BOOT         0x10  // INT 19h
