// The "options=" line of \BOOT.INI. Pure, tested on the host.
#pragma once

/// Finds `name` ("RUN=") at the start of an option and returns what follows it, or null. RUN takes
/// the rest of the line, so it is the last option.
constexpr const char* ExFindBootOption(const char* options, const char* name) {
  const auto upper = [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  };
  while (*options != '\0') {
    while (*options == ' ' || *options == '\t') ++options;
    const char *at = options, *wanted = name;
    while (*wanted != '\0' && upper(*at) == *wanted) {
      ++at;
      ++wanted;
    }
    if (*wanted == '\0') return at;
    while (*options != '\0' && *options != ' ' && *options != '\t') ++options;
  }
  return nullptr;
}
