// Ending the boot with a message.
#pragma once

#include "arch/integers.hpp"

namespace loader {

using namespace arch;

/// Stop codes: NT's bugcheck for the disk, NT's status codes for the kernel image.
/// docs/firmware.md lists them with their messages.
enum class StopCode : u32 {
  InaccessibleBootDevice = 0x0000007B,
  ObjectNameNotFound = 0xC0000034,     // KERNEL.EXE is not on the disk
  InvalidImageFormat = 0xC000007B,     // KERNEL.EXE is no PE32 image for the i386
  InsufficientResources = 0xC000009A,  // too little memory
  InvalidParameter = 0xC000000D,       // BOOT.INI
};

void print(const char* text);
void print_decimal(u32 value);

/// Ends the line, tells the host the code through the bugcheck register, and halts.
[[noreturn]] void stop(StopCode code);
[[noreturn]] void fatal(const char* message, StopCode code);

}  // namespace loader
