// What the first steps, with paging off, leave for MmInitSystem.
#pragma once

#include "arch/loader_parameter_block.hpp"
#include "kernel/nt/layout.hpp"

extern "C" {
extern arch::LoaderParameterBlock KeLoaderBlock;  // the loader's own memory is given back
extern ULONG KeI386Is486;
}

struct MiBootPages {
  ULONG first, next, end;  // frames taken so far: [first, next)
  ULONG directory;
  ULONG pcr, user_shared_data;
  bool out_of_memory;
};
extern MiBootPages MiBoot;
