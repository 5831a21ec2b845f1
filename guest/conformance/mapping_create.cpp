// CreateFileMapping: what there is to map.
#include "guest/conformance/mapping_objects.hpp"

namespace mapping {

namespace {

/// A mapping without a name; closed when what it is for has been looked at.
struct Made : Handle {
  Made(HANDLE file, DWORD protect, DWORD bytes)
      : Handle(CreateFileMappingA(file, nullptr, protect, 0, bytes, nullptr)) {}
};

}  // namespace

void paging_file(ktap::Test& t) {
  SetLastError(99);
  const Mapping mapping(8192);
  const DWORD error = GetLastError();
  t.succeeds("CreateFileMapping", mapping.get());
  t.equal("GetLastError after it", error, 0);
  const View view(mapping);
  if (!t.succeeds("MapViewOfFile", view.address())) return;
  t.equal("the first word", view[0], 0);
  t.equal("the last word", view[2047], 0);
  view[2047] = 5;
  t.equal("the last word after a store", view[2047], 5);
  const Mapping odd(10);
  const View small(odd);
  if (!t.succeeds("a view of ten bytes", small.address())) return;
  t.equal("its page", query(small.address()).RegionSize, ktap::page_size());
}

void bad_arguments(ktap::Test& t) {
  t.fails("no size", Made(INVALID_HANDLE_VALUE, PAGE_READWRITE, 0).get(), ERROR_INVALID_PARAMETER);
  t.fails("no protection", Made(INVALID_HANDLE_VALUE, 0, 8192).get(), ERROR_INVALID_PARAMETER);
  t.fails("PAGE_NOACCESS", Made(INVALID_HANDLE_VALUE, PAGE_NOACCESS, 8192).get(),
          ERROR_INVALID_PARAMETER);
  t.fails("two protections", Made(INVALID_HANDLE_VALUE, PAGE_READWRITE | PAGE_READONLY, 8192).get(),
          ERROR_INVALID_PARAMETER);
  t.fails("PAGE_GUARD", Made(INVALID_HANDLE_VALUE, PAGE_READWRITE | PAGE_GUARD, 8192).get(),
          ERROR_INVALID_PARAMETER);
  t.fails("SEC_COMMIT and SEC_RESERVE",
          Made(INVALID_HANDLE_VALUE, PAGE_READWRITE | SEC_COMMIT | SEC_RESERVE, 8192).get(),
          ERROR_INVALID_PARAMETER);
  const Handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  t.fails("an event", Made(event.get(), PAGE_READONLY, 0).get(), ERROR_INVALID_HANDLE);
  t.fails("no handle", Made(reinterpret_cast<HANDLE>(0x12344), PAGE_READONLY, 0).get(),
          ERROR_INVALID_HANDLE);
}

void files(ktap::Test& t) {
  {
    const File empty(CREATE_ALWAYS);
    t.fails("an empty file", Made(empty.get(), PAGE_READONLY, 0).get(), ERROR_FILE_INVALID);
  }
  File::make(10000);
  const File file(OPEN_EXISTING);
  const Mapping mapping(file);
  const View view(mapping, FILE_MAP_READ);
  if (!t.succeeds("a view of 10000 bytes", view.address())) return;
  t.equal("its first word", view[0], 0);
  t.equal("its word 2499", view[2499], 2499);
  t.equal("behind the end are zeros", view[2500], 0);
  t.equal("its size", query(view.address()).RegionSize, ktap::by_page_size(12288, 16384));
  const Mapping part(file, PAGE_READWRITE, 5000);
  t.succeeds("a mapping of half a file", part.get());
  t.fails("a view beyond it", View(part, FILE_MAP_READ, 0, 9000).address(), ERROR_ACCESS_DENIED);
}

void file_handles(ktap::Test& t) {
  File::make(10000);
  {
    const File file(OPEN_EXISTING, GENERIC_READ);
    t.fails("writing by a handle that reads", Made(file.get(), PAGE_READWRITE, 0).get(),
            ERROR_ACCESS_DENIED);
    t.succeeds("copying", Mapping(file, PAGE_WRITECOPY).get());
    t.succeeds("reading", Mapping(file, PAGE_READONLY).get());
    t.fails("executing", Made(file.get(), PAGE_EXECUTE_READ, 0).get(), ERROR_ACCESS_DENIED);
  }
  const File file(OPEN_EXISTING, GENERIC_WRITE);
  t.fails("reading by a handle that writes", Made(file.get(), PAGE_READONLY, 0).get(),
          ERROR_ACCESS_DENIED);
}

void growth(ktap::Test& t) {
  File::make(10000);
  const File file(OPEN_EXISTING);
  t.fails("a larger mapping that reads", Made(file.get(), PAGE_READONLY, 100000).get(),
          ERROR_NOT_ENOUGH_MEMORY);
  t.equal("the file's size as before", GetFileSize(file.get(), nullptr), 10000);
  const Mapping mapping(file, PAGE_READWRITE, 100000);
  t.succeeds("a larger mapping that writes", mapping.get());
  t.equal("the file's size", GetFileSize(file.get(), nullptr), 100000);
  const View view(mapping);
  if (!t.succeeds("a view", view.address())) return;
  t.equal("what was there", view[2499], 2499);
  t.equal("what is new", view[2500], 0);
  t.equal("the end", view[24999], 0);
}

void reserved_pages(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Mapping mapping(4 * page, PAGE_READWRITE | SEC_RESERVE);
  const View view(mapping), other(mapping);
  if (!t.succeeds("a view", view.address())) return;
  t.equal("its State", query(view.address()).State, MEM_RESERVE);
  char* second = static_cast<char*>(view.address()) + page;
  t.equal("VirtualAlloc of its second page", VirtualAlloc(second, page, MEM_COMMIT, PAGE_READWRITE),
          static_cast<void*>(second));
  t.equal("the second page's State", query(second).State, MEM_COMMIT);
  t.equal("its size", query(second).RegionSize, page);
  view[page / 4] = 7;
  t.equal("the other view has it, too", other[page / 4], 7);
  t.equal("the first page's State", query(other.address()).State, MEM_RESERVE);
}

void images(ktap::Test& t) {
  char path[MAX_PATH];
  GetModuleFileNameA(nullptr, path, sizeof path);
  const Handle file(CreateFileA(path, GENERIC_READ | GENERIC_EXECUTE, FILE_SHARE_READ, nullptr,
                                OPEN_EXISTING, 0, nullptr));
  const Made image(file.get(), PAGE_READONLY | SEC_IMAGE, 0);
  if (!t.succeeds("a mapping of this program", image.get())) return;
  const View view(image, FILE_MAP_READ);
  if (!t.succeeds("a view", view.address())) return;
  t.equal("its Type", query(view.address()).Type, MEM_IMAGE);
  t.equal("its first word", view[0] & 0xFFFF, IMAGE_DOS_SIGNATURE);
  t.expect("it is another one", view.address() != GetModuleHandleA(nullptr));
  File::make(10000);
  const File text(OPEN_EXISTING, GENERIC_READ | GENERIC_EXECUTE);
  t.fails("a file that is no image", Made(text.get(), PAGE_READONLY | SEC_IMAGE, 0).get(),
          ERROR_BAD_EXE_FORMAT);
}

void uncached(ktap::Test& t) {
  const Mapping mapping(8192, PAGE_READWRITE | SEC_COMMIT | SEC_NOCACHE);
  const View view(mapping);
  if (!t.succeeds("a view", view.address())) return;
  t.equal("its Protect", query(view.address()).Protect, PAGE_READWRITE | PAGE_NOCACHE);
  view[0] = 5;
  t.equal("a word", view[0], 5);
}

}  // namespace mapping
