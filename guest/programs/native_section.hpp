// The section services of ntdll, found by name as any Windows program can.
#pragma once

#include <windows.h>

namespace native {

using Status = DWORD;
inline constexpr DWORD SEC_RESERVE_ = 0x04000000, SEC_COMMIT_ = 0x08000000;
inline constexpr Status conflict = 0xC0000018, not_mapped_view = 0xC0000019,
                        invalid_view_size = 0xC000001F, section_protection = 0xC000004E,
                        mapped_alignment = 0xC0000220;

inline constexpr DWORD view_share = 1, view_unmap = 2;

struct ObjectAttributes {
  ULONG length = sizeof(ObjectAttributes);
  HANDLE root = nullptr;
  void* name = nullptr;
  ULONG attributes = 0;
  void *security = nullptr, *quality = nullptr;
};

template <class Function>
Function service(const char* name) {
  return reinterpret_cast<Function>(
      reinterpret_cast<void (*)()>(GetProcAddress(GetModuleHandleA("ntdll.dll"), name)));
}

inline Status unmap(const volatile void* address) {
  using Unmap = Status(WINAPI*)(HANDLE, const volatile void*);
  return service<Unmap>("NtUnmapViewOfSection")(GetCurrentProcess(), address);
}

/// A section on the paging file or on a file, or one of which the handle is known.
struct Section {
  explicit Section(HANDLE known) : handle(known), status(0) {}
  Section(DWORD bytes, DWORD protect, DWORD attributes, bool inherit = false,
          HANDLE file = nullptr) {
    using Create =
        Status(WINAPI*)(HANDLE*, DWORD, ObjectAttributes*, LARGE_INTEGER*, DWORD, DWORD, HANDLE);
    ObjectAttributes object;
    object.attributes = inherit ? 2 : 0;
    LARGE_INTEGER size;
    size.QuadPart = bytes;
    status = service<Create>("NtCreateSection")(&handle, 0xF001F, &object, &size, protect,
                                                attributes, file);
  }
  ~Section() { close(); }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  void close() {
    if (handle != nullptr) CloseHandle(handle);
    handle = nullptr;
  }

  HANDLE handle = nullptr;
  Status status;
};

struct View {
  View(const Section& section, DWORD protect, DWORD offset = 0, DWORD bytes = 0,
       void* base = nullptr, DWORD inherit = view_unmap)
      : size(bytes) {
    using Map = Status(WINAPI*)(HANDLE, HANDLE, void**, DWORD, DWORD, LARGE_INTEGER*, DWORD*, DWORD,
                                DWORD, DWORD);
    LARGE_INTEGER from;
    from.QuadPart = offset;
    status = service<Map>("NtMapViewOfSection")(section.handle, GetCurrentProcess(), &base, 0, 0,
                                                &from, &size, inherit, 0, protect);
    words = status == 0 ? static_cast<volatile DWORD*>(base) : nullptr;
  }
  ~View() {
    if (words != nullptr) unmap(words);
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  void* address() const { return const_cast<DWORD*>(words); }

  Status status;
  DWORD size;
  volatile DWORD* words;
};

}  // namespace native
