// What the tests of file mapping share: files, mappings and views for as long as they live.
#pragma once

#include "guest/conformance/ktap.hpp"

namespace mapping {

constexpr char file_name[] = "MAPPING.DAT";
constexpr DWORD granularity = 0x10000;

class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  ~Handle() { close(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  HANDLE get() const { return handle_; }
  void close() {
    if (handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE) CloseHandle(handle_);
    handle_ = nullptr;
  }

 private:
  HANDLE handle_;
};

struct File : Handle {
  explicit File(DWORD disposition, DWORD access = GENERIC_READ | GENERIC_WRITE, DWORD flags = 0)
      : Handle(CreateFileA(file_name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                           disposition, flags, nullptr)) {}
  /// A new file of `size` bytes, those of word number i being i.
  static void make(DWORD size) {
    const File file(CREATE_ALWAYS);
    static DWORD words[1024];
    for (DWORD at = 0, count; at < size; at += count) {
      count = size - at < sizeof words ? size - at : sizeof words;
      for (DWORD i = 0; i < count / 4; ++i) words[i] = at / 4 + i;
      DWORD written;
      WriteFile(file.get(), words, count, &written, nullptr);
    }
  }
  DWORD read(DWORD offset) const {
    DWORD word = 0, done;
    SetFilePointer(get(), static_cast<LONG>(offset), nullptr, FILE_BEGIN);
    ReadFile(get(), &word, sizeof word, &done, nullptr);
    return word;
  }
  void write(DWORD offset, DWORD word) const {
    DWORD done;
    SetFilePointer(get(), static_cast<LONG>(offset), nullptr, FILE_BEGIN);
    WriteFile(get(), &word, sizeof word, &done, nullptr);
  }
};

/// Of a file, or of `bytes` of the paging file.
struct Mapping : Handle {
  explicit Mapping(const File& file, DWORD protect = PAGE_READWRITE, DWORD bytes = 0)
      : Handle(CreateFileMappingA(file.get(), nullptr, protect, 0, bytes, nullptr)) {}
  explicit Mapping(DWORD bytes, DWORD protect = PAGE_READWRITE, const char* name = nullptr)
      : Handle(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, protect, 0, bytes, name)) {}
};

class View {
 public:
  explicit View(const Handle& mapping, DWORD access = FILE_MAP_WRITE, DWORD offset = 0,
                DWORD bytes = 0, void* base = nullptr)
      : words_(static_cast<volatile DWORD*>(
            MapViewOfFileEx(mapping.get(), access, 0, offset, bytes, base))) {}
  ~View() { unmap(); }
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  /// A word; what is no view has none to lose.
  volatile DWORD& operator[](DWORD index) const {
    static DWORD nothing;
    return words_ != nullptr ? words_[index] : nothing;
  }
  void* address() const { return const_cast<DWORD*>(words_); }
  void unmap() {
    if (words_ != nullptr) UnmapViewOfFile(address());
    words_ = nullptr;
  }

 private:
  volatile DWORD* words_;
};

inline MEMORY_BASIC_INFORMATION query(const void* address) {
  MEMORY_BASIC_INFORMATION information = {};
  VirtualQuery(address, &information, sizeof information);
  return information;
}

/// What this program does when it is started with arguments, by its tests.
int child(int argc, char** argv);

void paging_file(ktap::Test& t);
void bad_arguments(ktap::Test& t);
void files(ktap::Test& t);
void file_handles(ktap::Test& t);
void growth(ktap::Test& t);
void reserved_pages(ktap::Test& t);
void images(ktap::Test& t);
void uncached(ktap::Test& t);

void whole_and_partial(ktap::Test& t);
void several_views(ktap::Test& t);
void bad_views(ktap::Test& t);
void bases(ktap::Test& t);
void window(ktap::Test& t);
void copies(ktap::Test& t);
void access_at_map(ktap::Test& t);
void execution(ktap::Test& t);
void queried(ktap::Test& t);
void protection_within(ktap::Test& t);
void unmapping(ktap::Test& t);

void coherence(ktap::Test& t);
void flushing(ktap::Test& t);
void write_through(ktap::Test& t);
void usage(ktap::Test& t);
void mapped_files(ktap::Test& t);
void exclusive(ktap::Test& t);

void names(ktap::Test& t);
void existing(ktap::Test& t);
void opening(ktap::Test& t);
void server_and_client(ktap::Test& t);
void synchronised(ktap::Test& t);
void inheritance(ktap::Test& t);
void duplication(ktap::Test& t);

}  // namespace mapping
