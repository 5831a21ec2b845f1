// Capturing, building and planting process parameters.
#include "kernel/ps/parameters.hpp"

#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constexpr ULONG parameter_tag = PoolTag("PsPa");
constexpr ULONG most_environment_bytes = 0x8000;

using Parameters = RTL_USER_PROCESS_PARAMETERS;

/// The strings a child inherits.
UNICODE_STRING* const* strings_of(Parameters& parameters, UNICODE_STRING* (&list)[8]) {
  UNICODE_STRING* const all[8] = {&parameters.CurrentDirectory.DosPath,
                                  &parameters.DllPath,
                                  &parameters.ImagePathName,
                                  &parameters.CommandLine,
                                  &parameters.WindowTitle,
                                  &parameters.DesktopInfo,
                                  &parameters.ShellInfo,
                                  &parameters.RuntimeData};
  for (unsigned i = 0; i < 8; ++i) list[i] = all[i];
  return list;
}

PWSTR at_offset(ULONG offset) { return reinterpret_cast<PWSTR>(offset); }

/// Bytes of an environment block with its final empty string; 0 when it has no end in sight.
NTSTATUS measure_environment(ULONG user, ULONG& bytes) {
  WCHAR previous = 1, c = 1;
  for (bytes = 0; bytes < most_environment_bytes;) {
    const NTSTATUS status = MmReadUser(user + bytes, c);
    if (!NT_SUCCESS(status)) return status;
    bytes += sizeof c;
    if (c == 0 && previous == 0) return STATUS_SUCCESS;
    if (c == 0 && bytes == sizeof c) previous = 0;  // an empty block: L"\0\0"
    previous = c;
  }
  return STATUS_INVALID_PARAMETER;
}

bool allocate(PsParameterBlock& block, ULONG size) {
  block.size = (size + 7) & ~7u;
  block.parameters =
      static_cast<Parameters*>(ExAllocatePoolWithTag(PagedPool, block.size, parameter_tag));
  if (block.parameters == nullptr) return false;
  RtlZeroMemory(block.parameters, block.size);
  return true;
}

UCHAR* bytes_of(const PsParameterBlock& block) {
  return reinterpret_cast<UCHAR*>(block.parameters);
}

}  // namespace

NTSTATUS PspCaptureParameters(const Parameters* user, PsParameterBlock& block) {
  Parameters head;
  NTSTATUS status = MmReadUser(user, head);
  if (!NT_SUCCESS(status)) return status;
  UNICODE_STRING* strings[8];
  strings_of(head, strings);
  ULONG size = sizeof head;
  for (UNICODE_STRING* string : strings) {
    string->Length &= 0xFFFE;
    size += string->Length + sizeof(WCHAR);
  }
  ULONG environment_bytes = 0;
  if (head.Environment != nullptr) {
    status = measure_environment(reinterpret_cast<ULONG>(head.Environment), environment_bytes);
    if (!NT_SUCCESS(status)) return status;
  }
  if (!allocate(block, size + environment_bytes)) return STATUS_INSUFFICIENT_RESOURCES;

  ULONG offset = sizeof head;
  for (UNICODE_STRING* string : strings) {
    status = MmCopyFromUser(bytes_of(block) + offset, reinterpret_cast<ULONG>(string->Buffer),
                            string->Length);
    if (!NT_SUCCESS(status)) break;
    string->Buffer = at_offset(offset);
    string->MaximumLength = static_cast<USHORT>(string->Length + sizeof(WCHAR));
    offset += string->MaximumLength;
  }
  if (NT_SUCCESS(status) && environment_bytes != 0) {
    status = MmCopyFromUser(bytes_of(block) + offset, reinterpret_cast<ULONG>(head.Environment),
                            environment_bytes);
    head.Environment = at_offset(offset);
  }
  if (!NT_SUCCESS(status)) {
    PspFreeParameters(block);
    return status;
  }
  *block.parameters = head;
  return STATUS_SUCCESS;
}

NTSTATUS PspMakeParameters(const char* image, const char* command_line, PsParameterBlock& block) {
  constexpr char current_directory[] = "C:\\";
  constexpr char environment[] = "PATH=C:\\\0SystemDrive=C:\0SystemRoot=C:\\\0";
  Parameters head = {};
  const struct {
    UNICODE_STRING* target;
    const char* text;
  } strings[] = {{&head.CurrentDirectory.DosPath, current_directory},
                 {&head.DllPath, current_directory},
                 {&head.ImagePathName, image},
                 {&head.CommandLine, command_line}};
  ULONG size = sizeof head + sizeof environment * sizeof(WCHAR);
  for (const auto& string : strings) size += (strlen(string.text) + 1) * sizeof(WCHAR);
  if (!allocate(block, size)) return STATUS_INSUFFICIENT_RESOURCES;
  ULONG offset = sizeof head;
  const auto put = [&](const char* text, ULONG characters) {
    auto* to = reinterpret_cast<PWSTR>(bytes_of(block) + offset);
    for (ULONG i = 0; i < characters; ++i) to[i] = static_cast<UCHAR>(text[i]);
    offset += characters * sizeof(WCHAR);
  };
  for (const auto& string : strings) {
    const ULONG length = strlen(string.text);
    *string.target = {static_cast<USHORT>(length * sizeof(WCHAR)),
                      static_cast<USHORT>((length + 1) * sizeof(WCHAR)), at_offset(offset)};
    put(string.text, length + 1);
  }
  head.Environment = at_offset(offset);
  put(environment, sizeof environment);
  *block.parameters = head;
  return STATUS_SUCCESS;
}

void PspFreeParameters(PsParameterBlock& block) {
  if (block.parameters != nullptr) ExFreePool(block.parameters);
  block.parameters = nullptr;
}

NTSTATUS PspCopyParametersToProcess(PsParameterBlock& block, ULONG address) {
  Parameters& head = *block.parameters;
  UNICODE_STRING* strings[8];
  strings_of(head, strings);
  const Parameters offsets = head;
  for (UNICODE_STRING* string : strings) {
    if (string->Buffer != nullptr) {
      string->Buffer = at_offset(address + reinterpret_cast<ULONG>(string->Buffer));
    }
  }
  if (head.Environment != nullptr) {
    head.Environment = at_offset(address + reinterpret_cast<ULONG>(head.Environment));
  }
  head.MaximumLength = head.Length = block.size;
  head.Flags |= RTL_USER_PROC_PARAMS_NORMALIZED;
  head.CurrentDirectory.Handle = nullptr;
  const NTSTATUS status = MmCopyToUser(address, &head, block.size);
  head = offsets;
  return status;
}
