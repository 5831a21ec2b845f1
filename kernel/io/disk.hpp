// The disks of the two IDE channels.
#pragma once

#include "kernel/io/block_device.hpp"
#include "kernel/io/drive_letters.hpp"

/// Finds them; at PASSIVE_LEVEL, once.
void IoInitializeDisks();
unsigned IoDiskCount();
/// By the BIOS's numbers (INT 13h drive 80h is 0): master and slave of the primary channel, then of
/// the secondary, absent ones not counted. Null when there are fewer. Transfers at PASSIVE_LEVEL,
/// whatever the volumes are doing.
BlockDevice* IoGetDisk(unsigned number);
