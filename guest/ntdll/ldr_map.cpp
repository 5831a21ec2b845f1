// An image file becomes memory: the headers are checked, the sections read to their places, the
// relocations applied where the preferred base was taken, and the pages protected.
#include "guest/ntdll/loader.hpp"

namespace ldr {

namespace {

constexpr ULONG headers_limit = 4096;

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
    status_ = NtOpenFile(&handle_, FILE_GENERIC_READ, &attributes, &io, FILE_SHARE_READ,
                         FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
    RtlFreeUnicodeString(&nt_path);
  }
  ~File() {
    if (NT_SUCCESS(status_)) NtClose(handle_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  NTSTATUS status() const { return status_; }
  /// Reads up to `bytes`; returns how many the file had there.
  ULONG read(PVOID to, ULONG bytes, ULONG offset) const {
    IO_STATUS_BLOCK io = {};
    LARGE_INTEGER position;
    position.QuadPart = offset;
    const NTSTATUS status =
        NtReadFile(handle_, nullptr, nullptr, nullptr, &io, to, bytes, &position, nullptr);
    return NT_SUCCESS(status) ? io.Information : 0;
  }

 private:
  HANDLE handle_ = nullptr;
  NTSTATUS status_;
};

ULONG protection_of(ULONG characteristics) {
  const bool write = (characteristics & pe::section::write) != 0;
  if ((characteristics & (pe::section::execute | pe::section::code)) != 0) {
    return write ? PAGE_EXECUTE_READWRITE : PAGE_EXECUTE_READ;
  }
  return write ? PAGE_READWRITE : PAGE_READONLY;
}

/// Reads headers and sections of an image into memory as large as SizeOfImage.
NTSTATUS read_image(const File& file, const pe::OptionalHeader32& optional, char* base) {
  if (file.read(base, optional.size_of_headers, 0) != optional.size_of_headers) {
    return STATUS_INVALID_IMAGE_FORMAT;
  }
  const ImageView image(base, optional.size_of_image);
  const pe::SectionHeader* section = image.sections();
  for (u32 i = image.headers()->file.number_of_sections; i != 0; --i, ++section) {
    const u32 bytes = initialized_bytes(*section);
    if (bytes == 0) continue;
    if (file.read(base + section->virtual_address, bytes, section->pointer_to_raw_data) != bytes) {
      return STATUS_INVALID_IMAGE_FORMAT;
    }
  }
  const auto preferred = optional.image_base;
  const auto actual = reinterpret_cast<ULONG>(base);
  if (actual == preferred) return STATUS_SUCCESS;
  const bool fixed =
      (image.headers()->file.characteristics & pe::characteristics::relocs_stripped) != 0;
  if (fixed) return STATUS_CONFLICTING_ADDRESSES;
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

bool contains(const UNICODE_STRING& text, WCHAR character) {
  for (ULONG i = 0; i < text.Length / sizeof(WCHAR); ++i) {
    if (text.Buffer[i] == character) return true;
  }
  return false;
}

}  // namespace

UNICODE_STRING file_name(const UNICODE_STRING& name) {
  UNICODE_STRING suffix = {};
  if (!contains(name, L'.')) RtlInitUnicodeString(&suffix, L".DLL");
  return join({}, name, suffix);
}

NTSTATUS find_image(const UNICODE_STRING& name, UNICODE_STRING& path) {
  if (contains(name, L'\\') || contains(name, L':')) {
    path = join({}, name, {});
    if (path.Buffer == nullptr) return STATUS_NO_MEMORY;
    if (exists(path)) return STATUS_SUCCESS;
    RtlFreeUnicodeString(&path);
    return STATUS_DLL_NOT_FOUND;
  }
  const Module* program = next_loaded(nullptr);
  UNICODE_STRING beside_program = program->FullDllName;
  beside_program.Length = static_cast<USHORT>(beside_program.Length - program->BaseDllName.Length);
  UNICODE_STRING system;
  RtlInitUnicodeString(&system, L"C:\\");
  const UNICODE_STRING directories[] = {beside_program, system};
  for (const UNICODE_STRING& directory : directories) {
    path = join(directory, name, {});
    if (path.Buffer == nullptr) return STATUS_NO_MEMORY;
    if (exists(path)) return STATUS_SUCCESS;
    RtlFreeUnicodeString(&path);
  }
  return STATUS_DLL_NOT_FOUND;
}

NTSTATUS map_image(const UNICODE_STRING& path, PVOID& base) {
  const File file(path);
  if (!NT_SUCCESS(file.status())) return file.status();
  auto* headers = static_cast<char*>(allocate(headers_limit));
  if (headers == nullptr) return STATUS_NO_MEMORY;
  if (!valid_headers(headers, file.read(headers, headers_limit, 0))) {
    release(headers);
    return STATUS_INVALID_IMAGE_FORMAT;
  }
  const pe::OptionalHeader32 optional = ImageView(headers, headers_limit).headers()->optional;
  release(headers);

  base = reinterpret_cast<PVOID>(optional.image_base);
  SIZE_T size = optional.size_of_image;
  NTSTATUS status = NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &size,
                                            MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
  if (!NT_SUCCESS(status)) {
    base = nullptr;
    size = optional.size_of_image;
    status = NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                     PAGE_EXECUTE_READWRITE);
    if (!NT_SUCCESS(status)) return status;
  }
  status = read_image(file, optional, static_cast<char*>(base));
  if (!NT_SUCCESS(status)) unmap_image(base);
  return status;
}

void unmap_image(PVOID base) {
  SIZE_T size = 0;
  NtFreeVirtualMemory(NtCurrentProcess(), &base, &size, MEM_RELEASE);
}

NTSTATUS protect_sections(const Module* module, bool writable) {
  const ImageView image = view(module);
  // Sections that share a page keep the protection that serves them all: the one they have.
  if (image.headers()->optional.section_alignment < PAGE_SIZE) return STATUS_SUCCESS;
  const pe::SectionHeader* section = image.sections();
  for (u32 i = image.headers()->file.number_of_sections; i != 0; --i, ++section) {
    SIZE_T size = section->virtual_size != 0 ? section->virtual_size : section->size_of_raw_data;
    if (size == 0) continue;
    PVOID base = static_cast<char*>(module->DllBase) + section->virtual_address;
    const ULONG wanted =
        protection_of(section->characteristics | (writable ? pe::section::write : 0));
    ULONG old = 0;
    const NTSTATUS status = NtProtectVirtualMemory(NtCurrentProcess(), &base, &size, wanted, &old);
    if (!NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

}  // namespace ldr
