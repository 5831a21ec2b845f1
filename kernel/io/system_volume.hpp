// Time stamps of FAT.
#pragma once

#include "kernel/io/volume.hpp"
#include "kernel/nt/types.hpp"

/// NT time (UTC and local time are the same here) to FAT's and back.
FatTimestamp IoTimeToFat(LONGLONG time);
LONGLONG IoTimeFromFat(const FatTimestamp& stamp);
