// Text between bytes and UTF-16. The one code page of this system has a byte each for the
// characters below 100h; UTF-8 is UTF-8.
#include "guest/kernel32/win32.hpp"

namespace {

constexpr UINT CP_ACP = 0, CP_OEMCP = 1, CP_THREAD_ACP = 3, CP_UTF8 = 65001, code_page = 1252;
constexpr DWORD MB_ERR_INVALID_CHARS = 8, error_invalid_character = 1113;
constexpr ULONG replacement = 0xFFFD, bad = ~ULONG{0};

bool known(UINT page) {
  return page == CP_ACP || page == CP_OEMCP || page == CP_THREAD_ACP || page == code_page ||
         page == CP_UTF8;
}

/// One character of UTF-8; `bad`, and one byte taken, where there is none.
ULONG next_utf8(const UCHAR*& at, const UCHAR* end) {
  const UCHAR lead = *at++;
  if (lead < 0x80) return lead;
  const unsigned more = lead >= 0xF0 && lead < 0xF5 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0;
  if (more == 0 || lead > 0xF4 || static_cast<unsigned>(end - at) < more) return bad;
  ULONG value = lead & (0x3F >> more);
  for (unsigned i = 0; i < more; ++i) {
    if ((at[i] & 0xC0) != 0x80) return bad;
    value = value << 6 | (at[i] & 0x3F);
  }
  constexpr ULONG least[] = {0, 0x80, 0x800, 0x10000};
  if (value < least[more] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return bad;
  at += more;
  return value;
}

/// Counts what does not fit, and says so.
template <class Character>
class Out {
 public:
  Out(Character* to, int room) : to_(to), room_(room) {}
  void add(Character c) {
    if (room_ != 0 && used_ < room_) to_[used_] = c;
    ++used_;
  }
  int finish() const {
    if (room_ != 0 && used_ > room_) return static_cast<int>(base::fail(ERROR_INSUFFICIENT_BUFFER));
    return used_;
  }

 private:
  Character* to_;
  int room_, used_ = 0;
};

void add_utf8(Out<char>& out, ULONG c) {
  if (c < 0x80) return out.add(static_cast<char>(c));
  const unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  out.add(static_cast<char>((0xF00 >> more & 0xFF) | c >> 6 * more));
  for (unsigned i = more; i-- != 0;) out.add(static_cast<char>(0x80 | (c >> 6 * i & 0x3F)));
}

template <class Character>
int length_of(const Character* text, int length) {
  if (length >= 0) return length;
  int count = 1;  // the terminator, too
  while (*text++ != 0) ++count;
  return count;
}

}  // namespace

extern "C" {

int WINAPI MultiByteToWideChar(UINT Page, DWORD Flags, LPCSTR From, int Length, WCHAR* To,
                               int Room) {
  if (From == nullptr || Length == 0 || Room < 0 || !known(Page)) {
    return static_cast<int>(base::fail(ERROR_INVALID_PARAMETER));
  }
  Out<WCHAR> out(To, Room);
  const auto* at = reinterpret_cast<const UCHAR*>(From);
  for (const UCHAR* end = at + length_of(From, Length); at != end;) {
    ULONG c = Page == CP_UTF8 ? next_utf8(at, end) : *at++;
    if (c == bad && (Flags & MB_ERR_INVALID_CHARS) != 0) {
      return static_cast<int>(base::fail(error_invalid_character));
    }
    if (c == bad) c = replacement;
    if (c >= 0x10000) {
      out.add(static_cast<WCHAR>(0xD800 + ((c - 0x10000) >> 10)));
      c = 0xDC00 + (c & 0x3FF);
    }
    out.add(static_cast<WCHAR>(c));
  }
  return out.finish();
}

int WINAPI WideCharToMultiByte(UINT Page, DWORD, const WCHAR* From, int Length, LPSTR To, int Room,
                               LPCSTR Default, BOOL* UsedDefault) {
  if (From == nullptr || Length == 0 || Room < 0 || !known(Page)) {
    return static_cast<int>(base::fail(ERROR_INVALID_PARAMETER));
  }
  if (UsedDefault != nullptr) *UsedDefault = 0;
  Out<char> out(To, Room);
  const int count = length_of(From, Length);
  for (int i = 0; i < count; ++i) {
    ULONG c = From[i];
    const bool pair =
        c >= 0xD800 && c < 0xDC00 && i + 1 < count && From[i + 1] >= 0xDC00 && From[i + 1] < 0xE000;
    if (pair) c = 0x10000 + ((c & 0x3FF) << 10) + (From[++i] & 0x3FF);
    if (Page == CP_UTF8) {
      add_utf8(out, !pair && c >= 0xD800 && c < 0xE000 ? replacement : c);
      continue;
    }
    if (c > 0xFF && UsedDefault != nullptr) *UsedDefault = 1;
    out.add(c <= 0xFF ? static_cast<char>(c) : Default != nullptr ? *Default : '?');
  }
  return out.finish();
}

BOOL WINAPI IsDBCSLeadByteEx(UINT, UCHAR) { return 0; }
BOOL WINAPI IsDBCSLeadByte(UCHAR) { return 0; }
UINT WINAPI GetACP() { return code_page; }
UINT WINAPI GetOEMCP() { return code_page; }

}  // extern "C"
