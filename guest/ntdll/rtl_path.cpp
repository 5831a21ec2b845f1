// DOS path names to full ones, and to the names NT's object manager knows.
#include "guest/ntdll/dos_path.hpp"
#include "guest/ntdll/ntdll.hpp"

namespace {

constexpr ULONG longest_path = 260;

/// The program's current directory; C:\ where the parent gave none.
PCWSTR current_directory() {
  const UNICODE_STRING& path = NtCurrentPeb()->ProcessParameters->CurrentDirectory.DosPath;
  const bool usable = path.Length >= 2 * sizeof(WCHAR) && path.Buffer[1] == L':';
  return usable ? path.Buffer : L"C:\\";
}

/// CON and its relatives name the console in every directory, NUL nothing: NT's name, or null.
PCWSTR device_name(PCWSTR name) {
  static constexpr struct {
    PCWSTR dos, nt;
  } devices[] = {{L"CON", L"\\Device\\Console"},
                 {L"CONIN$", L"\\Device\\Console"},
                 {L"CONOUT$", L"\\Device\\Console"},
                 {L"NUL", L"\\??\\NUL"}};
  UNICODE_STRING given;
  RtlInitUnicodeString(&given, name);
  for (const auto& device : devices) {
    UNICODE_STRING dos;
    RtlInitUnicodeString(&dos, device.dos);
    if (RtlEqualUnicodeString(&given, &dos, TRUE)) return device.nt;
  }
  return nullptr;
}

}  // namespace

extern "C" {

ULONG NTAPI RtlGetFullPathName_U(PCWSTR Name, ULONG BufferBytes, PWSTR Buffer, PWSTR* FilePart) {
  const ULONG capacity = BufferBytes / sizeof(WCHAR);
  const ULONG length = rtl::full_path<WCHAR>(Name, current_directory(), Buffer, capacity);
  if (FilePart != nullptr && length != 0 && length < capacity) {
    PWSTR part = Buffer + length;
    while (part[-1] != L'\\') --part;
    *FilePart = *part != 0 ? part : nullptr;
  }
  return length * sizeof(WCHAR);
}

BOOLEAN NTAPI RtlDosPathNameToNtPathName_U(PCWSTR DosName, PUNICODE_STRING NtName, PWSTR* FilePart,
                                           PVOID) {
  static constexpr WCHAR prefix[] = L"\\??\\";
  static constexpr ULONG prefix_length = sizeof prefix / sizeof(WCHAR) - 1;
  WCHAR name[prefix_length + longest_path];
  PWSTR part = nullptr;
  UNICODE_STRING made;
  if (PCWSTR device = device_name(DosName)) {
    RtlInitUnicodeString(&made, device);
  } else {
    memcpy(name, prefix, sizeof prefix);
    const ULONG bytes =
        RtlGetFullPathName_U(DosName, longest_path * sizeof(WCHAR), name + prefix_length, &part);
    if (bytes == 0 || bytes >= longest_path * sizeof(WCHAR)) return FALSE;
    RtlInitUnicodeString(&made, name);
  }
  NtName->Buffer =
      static_cast<PWSTR>(RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, made.MaximumLength));
  if (NtName->Buffer == nullptr) return FALSE;
  NtName->Length = made.Length;
  NtName->MaximumLength = made.MaximumLength;
  memcpy(NtName->Buffer, made.Buffer, made.MaximumLength);
  if (FilePart != nullptr) *FilePart = part == nullptr ? nullptr : NtName->Buffer + (part - name);
  return TRUE;
}

}  // extern "C"
