// The parts of the conformance program "heap".
#pragma once

#include "guest/conformance/ktap.hpp"

namespace heap {

inline ULONG_PTR address(const void* pointer) { return reinterpret_cast<ULONG_PTR>(pointer); }

inline MEMORY_BASIC_INFORMATION query(const void* at) {
  MEMORY_BASIC_INFORMATION information = {};
  VirtualQuery(at, &information, sizeof information);
  return information;
}

/// Of everything with one allocation base.
SIZE_T region_size(void* base);

void generate_exceptions(ktap::Test& t);
void generate_exceptions_of_heap(ktap::Test& t);
void first_fit(ktap::Test& t);
void coalescing(ktap::Test& t);
void commitment(ktap::Test& t);
void end_of_heap(ktap::Test& t);
void overhead(ktap::Test& t);
void overrun(ktap::Test& t);
void walk(ktap::Test& t);
void serialized(ktap::Test& t);
void lock(ktap::Test& t);
void compact(ktap::Test& t);
void image_header(ktap::Test& t);
/// A child looks for its parent's block; its exit code is 0 when it doesn't find it.
void private_memory(ktap::Test& t);
int look_for(const char* address);

}  // namespace heap
