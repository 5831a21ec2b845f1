// A program and its arguments as one Win32 command line.
#pragma once

#include <string>
#include <vector>

namespace faultline::app {

/// Quoted so that the C run-time's rules give the same arguments back: quotes around blanks, and
/// backslashes doubled in front of quotes.
std::string quote_argument(const std::string& argument);
std::string join_command_line(const std::vector<std::string>& words);

}  // namespace faultline::app
