// Counted strings, ANSI (Latin-1) to Unicode and back, and the C string functions of ntdll.
#include "guest/ntdll/ntdll.hpp"

namespace {

PVOID process_heap() { return NtCurrentPeb()->ProcessHeap; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c; }

}  // namespace

extern "C" {

void NTAPI RtlInitUnicodeString(PUNICODE_STRING Destination, PCWSTR Source) {
  const std::size_t bytes = Source == nullptr ? 0 : wcslen(Source) * sizeof(WCHAR);
  Destination->Length = static_cast<USHORT>(bytes);
  Destination->MaximumLength = static_cast<USHORT>(Source == nullptr ? 0 : bytes + sizeof(WCHAR));
  Destination->Buffer = const_cast<PWSTR>(Source);
}

void NTAPI RtlInitAnsiString(PANSI_STRING Destination, const char* Source) {
  const std::size_t bytes = Source == nullptr ? 0 : strlen(Source);
  Destination->Length = static_cast<USHORT>(bytes);
  Destination->MaximumLength = static_cast<USHORT>(Source == nullptr ? 0 : bytes + 1);
  Destination->Buffer = const_cast<char*>(Source);
}

NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING Destination, const ANSI_STRING* Source,
                                            BOOLEAN AllocateDestination) {
  const ULONG bytes = (Source->Length + 1u) * sizeof(WCHAR);
  if (bytes > 0xFFFE) return STATUS_NAME_TOO_LONG;
  if (AllocateDestination) {
    Destination->Buffer = static_cast<PWSTR>(RtlAllocateHeap(process_heap(), 0, bytes));
    if (Destination->Buffer == nullptr) return STATUS_NO_MEMORY;
    Destination->MaximumLength = static_cast<USHORT>(bytes);
  } else if (Destination->MaximumLength < bytes) {
    return STATUS_BUFFER_OVERFLOW;
  }
  for (ULONG i = 0; i < Source->Length; ++i) {
    Destination->Buffer[i] = static_cast<UCHAR>(Source->Buffer[i]);
  }
  Destination->Buffer[Source->Length] = 0;
  Destination->Length = static_cast<USHORT>(bytes - sizeof(WCHAR));
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING Destination, const UNICODE_STRING* Source,
                                            BOOLEAN AllocateDestination) {
  const ULONG length = Source->Length / sizeof(WCHAR);
  if (AllocateDestination) {
    Destination->Buffer = static_cast<char*>(RtlAllocateHeap(process_heap(), 0, length + 1));
    if (Destination->Buffer == nullptr) return STATUS_NO_MEMORY;
    Destination->MaximumLength = static_cast<USHORT>(length + 1);
  } else if (Destination->MaximumLength < length + 1) {
    return STATUS_BUFFER_OVERFLOW;
  }
  for (ULONG i = 0; i < length; ++i) {
    const WCHAR c = Source->Buffer[i];
    Destination->Buffer[i] = c < 0x100 ? static_cast<char>(c) : '?';
  }
  Destination->Buffer[length] = '\0';
  Destination->Length = static_cast<USHORT>(length);
  return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlCreateUnicodeStringFromAsciiz(PUNICODE_STRING Destination, const char* Source) {
  ANSI_STRING source;
  RtlInitAnsiString(&source, Source);
  return NT_SUCCESS(RtlAnsiStringToUnicodeString(Destination, &source, TRUE));
}

void NTAPI RtlFreeUnicodeString(PUNICODE_STRING String) {
  RtlFreeHeap(process_heap(), 0, String->Buffer);
  *String = {};
}

void NTAPI RtlFreeAnsiString(PANSI_STRING String) {
  RtlFreeHeap(process_heap(), 0, String->Buffer);
  *String = {};
}

WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR Character) { return NlsUpcase(Character); }

LONG NTAPI RtlCompareUnicodeString(const UNICODE_STRING* First, const UNICODE_STRING* Second,
                                   BOOLEAN CaseInSensitive) {
  const ULONG shorter = First->Length < Second->Length ? First->Length : Second->Length;
  for (ULONG i = 0; i < shorter / sizeof(WCHAR); ++i) {
    WCHAR a = First->Buffer[i];
    WCHAR b = Second->Buffer[i];
    if (CaseInSensitive) {
      a = RtlUpcaseUnicodeChar(a);
      b = RtlUpcaseUnicodeChar(b);
    }
    if (a != b) return a - b;
  }
  return First->Length - Second->Length;
}

BOOLEAN NTAPI RtlEqualUnicodeString(const UNICODE_STRING* First, const UNICODE_STRING* Second,
                                    BOOLEAN CaseInSensitive) {
  return First->Length == Second->Length &&
         RtlCompareUnicodeString(First, Second, CaseInSensitive) == 0;
}

void NTAPI RtlMoveMemory(PVOID Destination, const void* Source, SIZE_T Length) {
  memmove(Destination, Source, Length);
}
void NTAPI RtlFillMemory(PVOID Destination, SIZE_T Length, UCHAR Fill) {
  memset(Destination, Fill, Length);
}
void NTAPI RtlZeroMemory(PVOID Destination, SIZE_T Length) { memset(Destination, 0, Length); }

std::size_t strlen(const char* text) {
  const char* end = text;
  while (*end != '\0') ++end;
  return static_cast<std::size_t>(end - text);
}

int strncmp(const char* a, const char* b, std::size_t count) {
  for (; count != 0; --count, ++a, ++b) {
    if (*a != *b) return static_cast<UCHAR>(*a) - static_cast<UCHAR>(*b);
    if (*a == '\0') break;
  }
  return 0;
}

int strcmp(const char* a, const char* b) { return strncmp(a, b, ~std::size_t{0}); }

int _stricmp(const char* a, const char* b) {
  for (;; ++a, ++b) {
    const char x = lower(*a);
    const char y = lower(*b);
    if (x != y) return static_cast<UCHAR>(x) - static_cast<UCHAR>(y);
    if (x == '\0') return 0;
  }
}

char* strcpy(char* to, const char* from) {
  memcpy(to, from, strlen(from) + 1);
  return to;
}

char* strcat(char* to, const char* from) {
  strcpy(to + strlen(to), from);
  return to;
}

char* strchr(const char* text, int character) {
  for (;; ++text) {
    if (*text == static_cast<char>(character)) return const_cast<char*>(text);
    if (*text == '\0') return nullptr;
  }
}

std::size_t wcslen(const WCHAR* text) {
  const WCHAR* end = text;
  while (*end != 0) ++end;
  return static_cast<std::size_t>(end - text);
}

}  // extern "C"
