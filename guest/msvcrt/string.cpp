// Strings of bytes. What guest_memory and ntdll have is not here again.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {

void* memchr(const void* memory, int value, size_t count) {
  const auto* at = static_cast<const unsigned char*>(memory);
  for (; count != 0; --count, ++at) {
    if (*at == static_cast<unsigned char>(value)) return const_cast<unsigned char*>(at);
  }
  return nullptr;
}

char* strrchr(const char* text, int c) {
  const char* found = nullptr;
  do {
    if (*text == static_cast<char>(c)) found = text;
  } while (*text++ != '\0');
  return const_cast<char*>(found);
}

char* strncpy(char* to, const char* from, size_t count) {
  size_t i = 0;
  for (; i < count && from[i] != '\0'; ++i) to[i] = from[i];
  for (; i < count; ++i) to[i] = '\0';
  return to;
}

char* strncat(char* to, const char* from, size_t count) {
  char* end = to + strlen(to);
  for (; count != 0 && *from != '\0'; --count) *end++ = *from++;
  *end = '\0';
  return to;
}

char* strstr(const char* text, const char* wanted) {
  const size_t length = strlen(wanted);
  for (;; ++text) {
    if (strncmp(text, wanted, length) == 0) return const_cast<char*>(text);
    if (*text == '\0') return nullptr;
  }
}

size_t strspn(const char* text, const char* set) {
  size_t i = 0;
  while (text[i] != '\0' && strchr(set, text[i]) != nullptr) ++i;
  return i;
}

size_t strcspn(const char* text, const char* set) {
  size_t i = 0;
  while (text[i] != '\0' && strchr(set, text[i]) == nullptr) ++i;
  return i;
}

char* strpbrk(const char* text, const char* set) {
  const char* at = text + strcspn(text, set);
  return *at == '\0' ? nullptr : const_cast<char*>(at);
}

char* strtok(char* text, const char* set) {
  char*& rest = c::thread_data().strtok_rest;
  if (text == nullptr) text = rest;
  if (text == nullptr) return nullptr;
  text += strspn(text, set);
  if (*text == '\0') return rest = nullptr;
  char* end = text + strcspn(text, set);
  rest = *end == '\0' ? nullptr : end + 1;
  *end = '\0';
  return text;
}

int strcoll(const char* a, const char* b) {
  const int order = strcmp(a, b);
  return order < 0 ? -1 : order > 0;
}
size_t strxfrm(char* to, const char* from, size_t count) {
  const size_t length = strlen(from);
  if (count != 0) {
    const size_t copied = length < count ? length : count - 1;
    memcpy(to, from, copied);
    to[copied] = '\0';
  }
  return length;
}

int _strnicmp(const char* a, const char* b, size_t count) {
  for (; count != 0; --count, ++a, ++b) {
    const int difference =
        tolower(static_cast<unsigned char>(*a)) - tolower(static_cast<unsigned char>(*b));
    if (difference != 0 || *a == '\0') return difference;
  }
  return 0;
}

}  // extern "C"
