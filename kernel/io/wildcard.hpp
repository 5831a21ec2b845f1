// Matching 8.3 names against * and ?. Pure, tested on the host.
#pragma once

/// '*' stands for any run of characters, '?' for one or, at the end, none. "*.*" matches all names.
constexpr bool IoMatchesPattern(const char* pattern, const char* name) {
  const auto upper = [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  };
  if (pattern[0] == '*' && pattern[1] == '.' && pattern[2] == '*' && pattern[3] == '\0') {
    return true;
  }
  const char *star = nullptr, *retry = nullptr;
  while (*name != '\0') {
    if (*pattern == '*') {
      star = pattern++;
      retry = name;
    } else if (*pattern == '?' || upper(*pattern) == upper(*name)) {
      ++pattern;
      ++name;
    } else if (star != nullptr) {
      pattern = star + 1;
      name = ++retry;
    } else {
      return false;
    }
  }
  while (*pattern == '*' || *pattern == '?') ++pattern;
  return *pattern == '\0';
}
