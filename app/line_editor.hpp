// A line from the person at the terminal: editing, history, completion by Tab.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace faultline::app {

class LineEditor {
 public:
  /// What may stand in the place of the last word of a line.
  using Complete = std::function<std::vector<std::string>(const std::string& line)>;

  LineEditor(std::string prompt, Complete complete);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// Without its newline; Ctrl-C begins another. Nothing at the end of the input (Ctrl-D), or when
  /// a signal asks the process to end.
  std::optional<std::string> read();

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace faultline::app
