// Whether, where and when gdb may come: --gdb, and the names QEMU has for it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace faultline::app {

struct GdbAddress {
  bool stdio = false;
  std::string host = "127.0.0.1";
  unsigned short port = 1234;
};

struct GdbOptions {
  std::string where;  // empty: no gdb
  bool shorthand = false, stopped = false;

  void add_to(CLI::App& command);
  /// Whether gdb may come. Throws UsageError where the options do not fit together.
  bool wanted() const;
  GdbAddress address() const;
  bool on_stdio() const { return wanted() && address().stdio; }
};

/// "stdio", "PORT", ":PORT", "HOST:PORT", each but the first also behind "tcp:" and before QEMU's
/// ",server" and the like. Throws UsageError.
GdbAddress parse_gdb_address(const std::string& text);

/// The words of a command line with -ex, -gdb and Bochs's -rc (--script) spelled with two dashes, as
/// far as they are options of `command` and not what a program in the guest is to get; and --gdb with its default
/// where no address follows it. The first word is the command's name.
std::vector<std::string> spell_out(const CLI::App& command, std::vector<std::string> words);

}  // namespace faultline::app
