// Runs a program of the host and waits for it.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace faultline::app {

/// The tool is not installed; the message names it.
struct MissingTool : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ToolResult {
  int status = 0;      // its exit status
  std::string output;  // its standard output
  std::string errors;  // its standard error
};

/// `arguments[0]` is looked up in PATH. Standard input is empty; the environment is ours with fixed
/// time zone and dates, so that what the tool writes does not depend on when. Throws
/// MissingTool.
ToolResult run_tool(const std::vector<std::string>& arguments);

}  // namespace faultline::app
