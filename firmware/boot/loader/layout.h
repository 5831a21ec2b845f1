// Where the boot loader keeps things in low memory. Shared by assembly and C++.
#pragma once

#define REAL_STACK_TOP   0x7C00   // real-mode stack of BIOS calls, below the boot sector
#define BOOT_SECTOR      0x7C00   // the volume's, left there by itself
#define LOADER_DATA      0x10000  // loader parameter block, then the stack
#define LOADER_STACK_TOP 0x1FF00
#define LOADER_BASE      0x20000
#define LOADER_SEGMENT   0x2000
#define BOUNCE_BUFFER    0x30000  // disk transfers land here, 32 KB
#define FAT_BUFFER       0x40000  // the whole FAT, at most 128 KB
#define LOADER_END       0x60000
