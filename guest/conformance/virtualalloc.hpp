// The parts of the conformance program "virtualalloc".
#pragma once

#include "guest/conformance/memory.hpp"

namespace virtualalloc {

void decommit(ktap::Test& t);
void release(ktap::Test& t);
void query(ktap::Test& t);
void merging(ktap::Test& t);
void query_errors(ktap::Test& t);
void sparse(ktap::Test& t);
void bad_pointers(ktap::Test& t);
void bad_guard(ktap::Test& t);
void bad_strings(ktap::Test& t);

}  // namespace virtualalloc
