// Options about gdb, in our spelling and in QEMU's.
#include "app/gdb_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "app/exit_code.hpp"

namespace faultline::app {
namespace {

constexpr char default_place[] = "localhost:1234";

std::optional<GdbAddress> read_address(std::string_view text) {
  if (text == "stdio") return GdbAddress{.stdio = true};
  if (text.starts_with("tcp:")) {
    text.remove_prefix(4);
    text = text.substr(0, text.find(','));  // of QEMU: server, wait and the like are as they are
  }
  GdbAddress address;
  if (const auto colon = text.rfind(':'); colon != text.npos) {
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.find_first_of("/\\") != host.npos) return std::nullopt;
    if (!host.empty()) address.host = host;
    text.remove_prefix(colon + 1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), address.port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return address;
}

}  // namespace

GdbAddress parse_gdb_address(const std::string& text) {
  if (const auto address = read_address(text)) return *address;
  throw UsageError(fmt::format("--gdb {}: give [HOST]:PORT or stdio", text));
}

void GdbOptions::add_to(CLI::App& command) {
  command
      .add_option("--gdb", where,
                  "gdb may connect to HOST:PORT (default localhost:1234), or talks on standard "
                  "input and output (also -gdb tcp::PORT)")
      ->type_name("[[HOST]:PORT|stdio]");
  command.add_flag("-s", shorthand, "As --gdb");
  command.add_flag("-S", stopped, "The guest does not start before gdb lets it");
}

bool GdbOptions::wanted() const {
  const bool some = shorthand || (!where.empty() && where != "none");
  if (stopped && !some) throw UsageError("-S waits for gdb: it needs -s or --gdb");
  if (shorthand && !where.empty()) throw UsageError("-s and --gdb: one of them");
  if (some) address();
  return some;
}

GdbAddress GdbOptions::address() const {
  return parse_gdb_address(shorthand ? default_place : where);
}

std::vector<std::string> spell_out(const CLI::App& command, std::vector<std::string> words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string& word = words[i];
    if (word == "--" || !word.starts_with('-')) break;  // the program
    const bool single =
        word == "-ex" || word == "-gdb" || word == "-serial" || word == "-no-reboot";
    if (word == "-rc" && command.get_option_no_throw("--script") != nullptr) word = "--script";
    if (single && command.get_option_no_throw('-' + word) != nullptr) word.insert(0, 1, '-');
    const CLI::Option* option = command.get_option_no_throw(word);
    if (option == nullptr || option->get_items_expected_max() == 0) continue;
    const bool follows = i + 1 < words.size();
    if (word == "--gdb" && !(follows && (words[i + 1] == "none" || read_address(words[i + 1])))) {
      word = fmt::format("--gdb={}", default_place);
    } else {
      ++i;  // its value
    }
  }
  return words;
}

}  // namespace faultline::app
