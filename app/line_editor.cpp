// libedit.
#include "app/line_editor.hpp"

#include <histedit.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "app/terminal.hpp"

namespace faultline::app {

struct LineEditor::Library {
  std::string prompt;
  Complete complete;
  EditLine* edit = nullptr;
  History* history = nullptr;

  static Library& of(EditLine* edit) {
    void* data = nullptr;
    el_get(edit, EL_CLIENTDATA, &data);
    return *static_cast<Library*>(data);
  }
  static char* show_prompt(EditLine* edit) { return of(edit).prompt.data(); }

  /// One character. A signal ends the line, where the library would wait for another.
  static int read_character(EditLine*, wchar_t* to) {
    unsigned char byte = 0;
    const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
    *to = byte;
    return static_cast<int>(count);
  }

  /// Tab: as much as all candidates share, or, when that is there already, their list.
  static unsigned char complete_word(EditLine* edit, int) {
    const LineInfo* info = el_line(edit);
    const std::string line(info->buffer, info->cursor);
    const std::size_t word = line.find_last_of(" \t") + 1;  // npos + 1 is 0
    const std::vector<std::string> found = of(edit).complete(line);
    if (found.empty()) return CC_REFRESH_BEEP;
    std::string common = found.front();
    for (const std::string& name : found) {
      const auto end = std::mismatch(common.begin(), common.end(), name.begin(), name.end()).first;
      common.erase(end, common.end());
    }
    if (found.size() == 1) common += ' ';
    if (common.size() > line.size() - word) {
      el_insertstr(edit, common.c_str() + (line.size() - word));
      return CC_REFRESH;
    }
    constexpr std::size_t most = 64;
    std::putchar('\n');
    for (std::size_t i = 0; i < std::min(found.size(), most); ++i)
      std::printf("%s%s", found[i].c_str(), i + 1 == found.size() ? "" : "  ");
    std::puts(found.size() > most ? "..." : "");
    return CC_REDISPLAY;
  }
};

LineEditor::LineEditor(std::string prompt, Complete complete)
    : library_(std::make_unique<Library>()) {
  library_->prompt = std::move(prompt);
  library_->complete = std::move(complete);
  library_->edit = el_init("faultline", stdin, stdout, stderr);
  library_->history = history_init();
  HistEvent event;
  history(library_->history, &event, H_SETSIZE, 1000);
  history(library_->history, &event, H_SETUNIQUE, 1);
  EditLine* edit = library_->edit;
  el_set(edit, EL_CLIENTDATA, library_.get());
  el_set(edit, EL_PROMPT, &Library::show_prompt);
  el_set(edit, EL_EDITOR, "emacs");
  el_set(edit, EL_SIGNAL, 0);
  el_set(edit, EL_HIST, history, library_->history);
  el_set(edit, EL_GETCFN, &Library::read_character);
  el_set(edit, EL_ADDFN, "complete-word", "Complete the word", &Library::complete_word);
  el_set(edit, EL_BIND, "^I", "complete-word", nullptr);
  el_set(edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
}

LineEditor::~LineEditor() {
  el_end(library_->edit);
  history_end(library_->history);
}

std::optional<std::string> LineEditor::read() {
  int count = 0;
  const char* line = el_gets(library_->edit, &count);
  while (line == nullptr || count <= 0) {
    std::putchar('\n');
    std::fflush(stdout);
    if (!take_interrupt() || pending_signal() != 0) return std::nullopt;
    el_reset(library_->edit);  // Ctrl-C: the line is given up
    line = el_gets(library_->edit, &count);
  }
  std::string text(line, static_cast<std::size_t>(count));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (!text.empty()) {
    HistEvent event;
    history(library_->history, &event, H_ENTER, text.c_str());
  }
  return text;
}

}  // namespace faultline::app
