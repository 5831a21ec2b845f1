// PAGEFILE=C:8,24;D:4,16 of the boot options: paging files by drive, initial and maximum size in
// MB. Pure, tested on the host.
#pragma once

struct ExPagingFileOption {
  char Drive = 'C';
  unsigned Minimum = 0, Maximum = 0;  // MB
};

inline constexpr unsigned ExMostMegabytes = 4095;

/// Digits up to 4095; false when there are none.
constexpr bool ExParseMegabytes(const char*& text, unsigned& value) {
  if (*text < '0' || *text > '9') return false;
  for (value = 0; *text >= '0' && *text <= '9'; ++text) {
    value = value * 10 + static_cast<unsigned>(*text - '0');
    if (value > ExMostMegabytes) return false;
  }
  return true;
}

/// One or more of [DRIVE:]MINIMUM[,MAXIMUM], with ; in between, up to a blank. How many there are;
/// "0" alone is none. -1 when it is anything else, or more than `most`.
constexpr int ExParsePagingFiles(const char* text, ExPagingFileOption* files, int most) {
  for (int count = 0; count < most;) {
    ExPagingFileOption file;
    const char letter = static_cast<char>(*text & ~0x20);
    if (letter >= 'A' && letter <= 'Z' && text[1] == ':') {
      file.Drive = letter;
      text += 2;
    }
    if (!ExParseMegabytes(text, file.Minimum)) return -1;
    file.Maximum = file.Minimum;
    if (*text == ',' && (!ExParseMegabytes(++text, file.Maximum) || file.Maximum < file.Minimum)) {
      return -1;
    }
    const bool last = *text == '\0' || *text == ' ' || *text == '\t';
    if (file.Minimum == 0) return last && count == 0 ? 0 : -1;
    files[count++] = file;
    if (last) return count;
    if (*text++ != ';') return -1;
  }
  return -1;
}
