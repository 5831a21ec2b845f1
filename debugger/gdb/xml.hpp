// The documents gdb reads with qXfer. [GDB, Thread List Format, Library List Format, Operating
// System Information]
#pragma once

#include "debugger/gdb/target.hpp"

namespace faultline::gdb::xml {

/// With the five characters that mean something in XML written as entities; what XML does not know
/// at all becomes '?'.
std::string escape(std::string_view text);

std::string threads(std::span<const Thread> threads);
std::string libraries(std::span<const Library> libraries);
/// What `info os` itself shows.
std::string table_names(std::span<const TableName> names);
std::string table(std::string_view type, const Table& table);

}  // namespace faultline::gdb::xml
