// An image file becomes memory: its image section is mapped, and relocated where the preferred base
// was taken.
#include "guest/ntdll/loader.hpp"

namespace ldr {

namespace {

/// An open file, closed at the end of its scope.
class File {
 public:
  explicit File(const UNICODE_STRING& dos_path) {
    UNICODE_STRING nt_path = {};
    if (!RtlDosPathNameToNtPathName_U(dos_path.Buffer, &nt_path, nullptr, nullptr)) {
      status_ = STATUS_OBJECT_NAME_INVALID;
      return;
    }
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &nt_path, OBJ_CASE_INSENSITIVE, nullptr);
    IO_STATUS_BLOCK io;
    status_ = NtOpenFile(&handle_, FILE_GENERIC_READ | FILE_EXECUTE, &attributes, &io,
                         FILE_SHARE_READ | FILE_SHARE_DELETE,
                         FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
    RtlFreeUnicodeString(&nt_path);
  }
  ~File() {
    if (NT_SUCCESS(status_)) NtClose(handle_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  NTSTATUS status() const { return status_; }
  HANDLE handle() const { return handle_; }

 private:
  HANDLE handle_ = nullptr;
  NTSTATUS status_;
};

/// The kernel has checked the headers; what this loader relies on beyond that is checked here.
bool is_usable_library(PVOID base) {
  const ImageView image = ImageView::loaded(base);
  return valid_headers(base, image.headers()->optional.size_of_headers);
}

/// Relocates an image that is not where it wants to be: pages with addresses become private.
NTSTATUS move_if_needed(PVOID base) {
  const ImageView image = ImageView::loaded(base);
  const auto preferred = image.headers()->optional.image_base;
  const auto actual = reinterpret_cast<ULONG>(base);
  if (actual == preferred) return STATUS_SUCCESS;
  const bool fixed =
      (image.headers()->file.characteristics & pe::characteristics::relocs_stripped) != 0;
  if (fixed) return STATUS_CONFLICTING_ADDRESSES;
  WritableImage writable;
  const NTSTATUS status = writable.begin(base, image.size());
  if (!NT_SUCCESS(status)) return status;
  return relocate(base, image, actual - preferred) ? STATUS_SUCCESS : STATUS_INVALID_IMAGE_FORMAT;
}

bool exists(const UNICODE_STRING& path) { return NT_SUCCESS(File(path).status()); }

/// The three texts one after the other, terminated, from the heap; without memory Buffer is null.
UNICODE_STRING join(const UNICODE_STRING& directory, const UNICODE_STRING& name,
                    const UNICODE_STRING& suffix) {
  const ULONG length = directory.Length + name.Length + suffix.Length;
  if (length + sizeof(WCHAR) > 0xFFFF) return {};
  auto* buffer = static_cast<char*>(allocate(length + sizeof(WCHAR)));
  if (buffer == nullptr) return {};
  memcpy(buffer, directory.Buffer, directory.Length);
  memcpy(buffer + directory.Length, name.Buffer, name.Length);
  memcpy(buffer + directory.Length + name.Length, suffix.Buffer, suffix.Length);
  return {static_cast<USHORT>(length), static_cast<USHORT>(length + sizeof(WCHAR)),
          reinterpret_cast<PWSTR>(buffer)};
}

/// Where the last part of a path begins, in characters.
ULONG last_part(const UNICODE_STRING& path) {
  ULONG start = path.Length / sizeof(WCHAR);
  while (start != 0 && path.Buffer[start - 1] != L'\\' && path.Buffer[start - 1] != L'/' &&
         path.Buffer[start - 1] != L':') {
    --start;
  }
  return start;
}

/// Seen from the current directory; without memory, or too long, Buffer is null.
UNICODE_STRING full_path(const UNICODE_STRING& name) {
  constexpr ULONG longest = 260;
  WCHAR buffer[longest];
  const UNICODE_STRING terminated = join({}, name, {});
  if (terminated.Buffer == nullptr) return {};
  const ULONG bytes = RtlGetFullPathName_U(terminated.Buffer, sizeof buffer, buffer, nullptr);
  release(terminated.Buffer);
  if (bytes == 0 || bytes >= sizeof buffer) return {};
  return join({}, {static_cast<USHORT>(bytes), static_cast<USHORT>(bytes), buffer}, {});
}

/// Is `path`, taken over, a file? If not, it is freed.
bool accept(UNICODE_STRING candidate, UNICODE_STRING& path) {
  if (candidate.Buffer == nullptr) return false;
  path = candidate;
  if (exists(path)) return true;
  RtlFreeUnicodeString(&path);
  return false;
}

}  // namespace

UNICODE_STRING file_name(const UNICODE_STRING& name) {
  UNICODE_STRING suffix, part = name;
  RtlInitUnicodeString(&suffix, L".DLL");
  const ULONG length = name.Length / sizeof(WCHAR);
  for (ULONG i = last_part(name); i < length; ++i) {
    if (name.Buffer[i] == L'.') suffix = {};
  }
  if (length != 0 && name.Buffer[length - 1] == L'.') part.Length -= sizeof(WCHAR);
  return join({}, part, suffix);
}

bool has_path(const UNICODE_STRING& name) { return last_part(name) != 0; }

NTSTATUS find_image(const UNICODE_STRING& name, UNICODE_STRING& path) {
  if (has_path(name)) return accept(full_path(name), path) ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
  const Module* program = next_loaded(nullptr);
  UNICODE_STRING beside_program = program->FullDllName;
  beside_program.Length = static_cast<USHORT>(beside_program.Length - program->BaseDllName.Length);
  UNICODE_STRING system;
  RtlInitUnicodeString(&system, L"C:\\");
  const bool found = accept(join(beside_program, name, {}), path) ||
                     accept(full_path(name), path) || accept(join(system, name, {}), path);
  return found ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
}

NTSTATUS map_image(const UNICODE_STRING& path, PVOID& base) {
  const File file(path);
  if (!NT_SUCCESS(file.status())) return file.status();
  HANDLE section = nullptr;
  NTSTATUS status = NtCreateSection(&section, SECTION_ALL_ACCESS, nullptr, nullptr,
                                    PAGE_EXECUTE_READ, SEC_IMAGE, file.handle());
  if (!NT_SUCCESS(status)) return status;
  base = nullptr;
  SIZE_T size = 0;
  status = NtMapViewOfSection(section, NtCurrentProcess(), &base, 0, 0, nullptr, &size, ViewShare,
                              0, PAGE_EXECUTE_READ);
  NtClose(section);
  if (!NT_SUCCESS(status)) return status;
  status = is_usable_library(base) ? move_if_needed(base) : STATUS_INVALID_IMAGE_FORMAT;
  if (NT_SUCCESS(status) && !is_tls_valid(base)) status = STATUS_INVALID_IMAGE_FORMAT;
  if (!NT_SUCCESS(status)) unmap_image(base);
  return status;
}

void unmap_image(PVOID base) { NtUnmapViewOfSection(NtCurrentProcess(), base); }

NTSTATUS WritableImage::begin(PVOID base, ULONG size) {
  runs_ = static_cast<Run*>(allocate(most_runs * sizeof(Run)));
  if (runs_ == nullptr) return STATUS_NO_MEMORY;
  auto* at = static_cast<char*>(base);
  for (char* end = at + size; at < end && count_ < most_runs;) {
    MEMORY_BASIC_INFORMATION info;
    NTSTATUS status = NtQueryVirtualMemory(NtCurrentProcess(), at, MemoryBasicInformation, &info,
                                           sizeof info, nullptr);
    if (!NT_SUCCESS(status)) return status;
    Run& run = runs_[count_];
    run = {at, info.RegionSize, 0};
    at += info.RegionSize;
    status = NtProtectVirtualMemory(NtCurrentProcess(), &run.base, &run.size,
                                    PAGE_EXECUTE_READWRITE, &run.protection);
    if (!NT_SUCCESS(status)) return status;
    ++count_;
  }
  return STATUS_SUCCESS;
}

WritableImage::~WritableImage() {
  for (ULONG i = 0; i < count_; ++i) {
    Run& run = runs_[i];
    ULONG old = 0;
    NtProtectVirtualMemory(NtCurrentProcess(), &run.base, &run.size, run.protection, &old);
  }
  if (runs_ != nullptr) release(runs_);
}

}  // namespace ldr
