// The parts of the conformance program "heap".
#pragma once

#include "guest/conformance/ktap.hpp"

namespace heap {

inline ULONG_PTR address(const void* pointer) { return reinterpret_cast<ULONG_PTR>(pointer); }

/// Of everything with one allocation base.
SIZE_T region_size(void* base);

void first_fit(ktap::Test& t);
void coalescing(ktap::Test& t);
void commitment(ktap::Test& t);
void overhead(ktap::Test& t);
void overrun(ktap::Test& t);
void walk(ktap::Test& t);
void lock(ktap::Test& t);
void compact(ktap::Test& t);
void image_header(ktap::Test& t);

}  // namespace heap
