// The parts of the conformance program "files".
#pragma once

#include "guest/conformance/ktap.hpp"

namespace files {

/// A file with these bytes, made anew; closed.
bool make(const char* name, const void* bytes, DWORD count);

// files_data.cpp
void end_of_file(ktap::Test& t);
void zero_bytes(ktap::Test& t);
void bad_buffers(ktap::Test& t);
void overlapped(ktap::Test& t);
void positions(ktap::Test& t);
void past_the_end(ktap::Test& t);
void set_end_of_file(ktap::Test& t);
void append(ktap::Test& t);
void no_buffering(ktap::Test& t);
void write_through(ktap::Test& t);

// files_names.cpp
void deleting(ktap::Test& t);
void moving(ktap::Test& t);
void copying(ktap::Test& t);
void attributes(ktap::Test& t);
void directories(ktap::Test& t);
void finding(ktap::Test& t);
void full_paths(ktap::Test& t);
void current_directory(ktap::Test& t);
void temporary(ktap::Test& t);
void environment(ktap::Test& t);

// files_wide.cpp
void wide(ktap::Test& t);

// files_child.cpp
void inherited_environment(ktap::Test& t);
void given_environment(ktap::Test& t);
void inherited_directory(ktap::Test& t);
void console(ktap::Test& t);
/// The child's part: 1 when the variable COLOUR is "green", 2 when SIZE is "10", 4 when there is a
/// PATH, 8 when HERE.BIN is in its current directory.
int tell_surroundings();

}  // namespace files
