// The tables that `info os NAME` shows in an unmodified gdb.
#pragma once

#include "debugger/gdb/target.hpp"
#include "debugger/session.hpp"

namespace faultline::gdb {

std::span<const TableName> table_names();
/// Nothing when there is no table of that name. Without rows while the kernel is not up.
std::optional<Table> make_table(DebugSession& session, std::string_view name);

}  // namespace faultline::gdb
