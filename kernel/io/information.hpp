// Shared by the information and directory services.
#pragma once

#include "kernel/nt/types.hpp"

/// FAT's attribute byte as NT's attributes.
ULONG IoFileAttributes(arch::u8 fat_attributes);
