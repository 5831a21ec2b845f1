// A recursive-descent parser of a dozen lines of grammar.
#include "debugger/expression.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>

#include "debugger/suggestion.hpp"

namespace faultline {
namespace {

constexpr unsigned deepest = 64;  // parentheses and signs within each other

std::optional<u32> number(std::string_view word) {
  int base = 16;
  const auto strip = [&](std::string_view prefix, int with) {
    if (word.size() <= prefix.size() || !same_name(word.substr(0, prefix.size()), prefix))
      return false;
    word.remove_prefix(prefix.size());
    base = with;
    return true;
  };
  if (!strip("0x", 16) && !strip("0n", 10) && !strip("0y", 2)) {
    if (word.size() > 1 && (word.back() == 'h' || word.back() == 'H')) word.remove_suffix(1);
  }
  std::string digits;
  for (const char c : word)
    if (c != '`') digits += c;  // as WinDbg writes 64 bits
  u32 value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

bool word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("_!@$.?&`~:").find(c) != std::string_view::npos;
}

class Parser {
 public:
  Parser(DebugSession& session, std::string_view text) : session_(session), text_(text) {}

  u32 whole() {
    const u32 value = sum();
    skip();
    if (at_ != text_.size()) throw wrong(fmt::format("unexpected '{}'", text_.substr(at_)));
    return value;
  }

 private:
  CommandError wrong(const std::string& what) const {
    return CommandError(fmt::format("{} in '{}'", what, text_));
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  u32 sum() {
    u32 value = product();
    for (;;) {
      if (take('+')) {
        value += product();
      } else if (take('-')) {
        value -= product();
      } else {
        return value;
      }
    }
  }
  u32 product() {
    u32 value = factor();
    while (take('*')) value *= factor();
    return value;
  }
  u32 factor() {
    if (++depth_ > deepest) throw wrong("too many parentheses");
    u32 value = 0;
    if (take('-')) {
      value = 0 - factor();
    } else if (take('(')) {
      value = parenthesized();
    } else {
      value = word();
    }
    --depth_;
    return value;
  }
  u32 parenthesized() {
    const u32 value = sum();
    if (!take(')')) throw wrong("a ')' is missing");
    return value;
  }
  u32 word() {
    skip();
    const std::size_t start = at_;
    while (at_ < text_.size() && word_character(text_[at_])) ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (name.empty()) throw wrong("a number, register or symbol is missing");
    if (same_name(name, "poi") && take('(')) {
      const u32 address = parenthesized();
      const auto value = session_.memory().dword(address);
      if (!value) throw wrong(fmt::format("no memory at {:08X}", address));
      return *value;
    }
    return value_of(name);
  }
  u32 value_of(std::string_view name) {
    if (name.front() == '@') {
      if (const auto value = register_value(session_, name.substr(1))) return *value;
      throw wrong(fmt::format("no register '{}'", name.substr(1)));
    }
    if (name.front() != '&') {
      if (const auto value = register_value(session_, name)) return *value;
      if (const auto value = number(name)) return *value;
    }
    const std::string_view symbol = name.substr(name.front() == '&' ? 1 : 0);
    if (const auto address = session_.symbols().address_of(symbol)) return *address;
    throw CommandError(
        fmt::format("'{}' is no number, register or symbol{}", name,
                    suggestion(symbol, session_.symbols().names(symbol.substr(
                                           0, std::min<std::size_t>(2, symbol.size()))))));
  }

  DebugSession& session_;
  std::string_view text_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
};

}  // namespace

u32 evaluate(DebugSession& session, std::string_view text) { return Parser(session, text).whole(); }

std::optional<u32> register_value(const DebugSession& session, std::string_view name) {
  static constexpr std::array<std::string_view, 8> dwords{"eax", "ecx", "edx", "ebx",
                                                          "esp", "ebp", "esi", "edi"};
  static constexpr std::array<std::string_view, 8> bytes{"al", "cl", "dl", "bl",
                                                         "ah", "ch", "dh", "bh"};
  static constexpr std::array<std::string_view, 6> segments{"es", "cs", "ss", "ds", "fs", "gs"};
  const State& s = session.state();
  const auto& paging = session.context().mmu.registers;
  for (unsigned i = 0; i < 8; ++i) {
    if (same_name(name, dwords[i])) return s.general[i];
    if (same_name(name, dwords[i].substr(1))) return s.general[i] & 0xFFFF;
    if (same_name(name, bytes[i])) return s.general[i & 3] >> (i < 4 ? 0 : 8) & 0xFF;
    if (same_name(name, fmt::format("dr{}", i))) return s.debug[i];
  }
  for (unsigned i = 0; i < segments.size(); ++i)
    if (same_name(name, segments[i])) return s.segment[i].selector;
  if (same_name(name, "eip") || same_name(name, "pc")) return s.eip;
  if (same_name(name, "ip")) return s.eip & 0xFFFF;
  if (same_name(name, "eflags") || same_name(name, "efl")) return s.flags.value();
  if (same_name(name, "cr0")) return paging.cr0;
  if (same_name(name, "cr2")) return paging.cr2;
  if (same_name(name, "cr3")) return paging.cr3;
  if (same_name(name, "tr")) return s.tr.selector;
  if (same_name(name, "ldtr")) return s.ldtr.selector;
  if (same_name(name, "gdtr")) return s.gdtr.base;
  if (same_name(name, "idtr")) return s.idtr.base;
  return std::nullopt;
}

}  // namespace faultline
