// MapViewOfFile and UnmapViewOfFile: where views lie and what they allow.
#include "guest/conformance/mapping_objects.hpp"

namespace mapping {

void whole_and_partial(ktap::Test& t) {
  File::make(4 * granularity);
  const File file(OPEN_EXISTING);
  const Mapping mapping(file);
  const View whole(mapping, FILE_MAP_READ);
  t.equal("a view of 0 bytes is all", query(whole.address()).RegionSize, 4 * granularity);
  const View rest(mapping, FILE_MAP_READ, 3 * granularity);
  t.equal("from an offset: the rest", query(rest.address()).RegionSize, granularity);
  t.equal("its first word", rest[0], 3 * granularity / 4);
  const View part(mapping, FILE_MAP_READ, granularity, 10);
  t.equal("ten bytes are a page", query(part.address()).RegionSize, ktap::page_size());
  t.equal("the part's first word", part[0], granularity / 4);
  t.equal("on 64 KB", reinterpret_cast<ULONG_PTR>(part.address()) % granularity, 0);
}

void several_views(ktap::Test& t) {
  const Mapping mapping(2 * granularity);
  const View first(mapping), second(mapping), last(mapping, FILE_MAP_READ, granularity);
  t.expect("they lie apart", first.address() != second.address());
  first[0] = 11;
  second[granularity / 4] = 12;
  t.equal("the second sees the first's", second[0], 11);
  t.equal("the first sees the second's", first[granularity / 4], 12);
  t.equal("a partial one sees it where it is", last[0], 12);
}

void bad_views(ktap::Test& t) {
  const Mapping mapping(2 * granularity);
  t.fails("an offset that is no multiple of 64 KB", View(mapping, FILE_MAP_READ, 4096).address(),
          ERROR_MAPPED_ALIGNMENT);
  t.fails("an offset at the end", View(mapping, FILE_MAP_READ, 2 * granularity).address(),
          ERROR_ACCESS_DENIED);
  t.fails("more than there is",
          View(mapping, FILE_MAP_READ, granularity, 2 * granularity).address(),
          ERROR_ACCESS_DENIED);
  const Handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  t.fails("an event", View(event, FILE_MAP_READ).address(), ERROR_INVALID_HANDLE);
  t.fails("no handle", View(Handle(nullptr), FILE_MAP_READ).address(), ERROR_INVALID_HANDLE);
}

void bases(ktap::Test& t) {
  const Mapping mapping(granularity);
  View view(mapping);
  void* free = view.address();
  t.fails("a base that is taken", View(mapping, FILE_MAP_READ, 0, 0, free).address(),
          ERROR_INVALID_ADDRESS);
  t.fails("a base off 64 KB",
          View(mapping, FILE_MAP_READ, 0, 0, static_cast<char*>(free) + 4096).address(),
          ERROR_MAPPED_ALIGNMENT);
  view.unmap();
  t.equal("a base that is free", View(mapping, FILE_MAP_READ, 0, 0, free).address(), free);
}

void window(ktap::Test& t) {
  constexpr DWORD windows = 8;
  File::make(windows * granularity);
  const File file(OPEN_EXISTING);
  const Mapping mapping(file);
  DWORD wrong = 0;
  for (DWORD i = 0; i < windows; ++i) {
    const View view(mapping, FILE_MAP_WRITE, i * granularity, granularity);
    for (DWORD word = 0; word < granularity / 4; word += 64) {
      wrong += view[word] == i * granularity / 4 + word ? 0 : 1;
    }
    view[1] = ~i;
  }
  t.equal("words that are not the file's", wrong, 0);
  for (DWORD i = 0; i < windows; ++i) wrong += file.read(i * granularity + 4) == ~i ? 0 : 1;
  t.equal("words that are not the window's", wrong, 0);
}

void copies(ktap::Test& t) {
  File::make(10000);
  const File file(OPEN_EXISTING, GENERIC_READ);
  const Mapping mapping(file, PAGE_WRITECOPY);
  const View copy(mapping, FILE_MAP_COPY), second(mapping, FILE_MAP_COPY),
      view(mapping, FILE_MAP_READ);
  if (!t.succeeds("a view", copy.address())) return;
  t.equal("its Protect", query(copy.address()).Protect, PAGE_WRITECOPY);
  copy[9] = 99;
  t.equal("the copy", copy[9], 99);
  t.equal("a second copy", second[9], 9);
  t.equal("a view", view[9], 9);
  t.equal("the file", file.read(36), 9);
  t.equal("Protect of what was copied", query(copy.address()).Protect, PAGE_READWRITE);
  const Mapping reading(file, PAGE_READONLY);
  t.succeeds("a copy of what can only be read", View(reading, FILE_MAP_COPY).address());
}

void access_at_map(ktap::Test& t) {
  const Mapping reading(8192, PAGE_READONLY), copying(8192, PAGE_WRITECOPY), writing(8192);
  t.fails("writing to PAGE_READONLY", View(reading, FILE_MAP_WRITE).address(), ERROR_ACCESS_DENIED);
  t.fails("FILE_MAP_ALL_ACCESS to PAGE_READONLY", View(reading, FILE_MAP_ALL_ACCESS).address(),
          ERROR_ACCESS_DENIED);
  t.fails("writing to PAGE_WRITECOPY", View(copying, FILE_MAP_WRITE).address(),
          ERROR_ACCESS_DENIED);
  t.succeeds("FILE_MAP_ALL_ACCESS to PAGE_READWRITE", View(writing, FILE_MAP_ALL_ACCESS).address());
  const View view(writing, FILE_MAP_WRITE);
  t.equal("FILE_MAP_WRITE reads, too", query(view.address()).Protect, PAGE_READWRITE);
  const View read(writing, FILE_MAP_READ);
  t.equal("FILE_MAP_READ", query(read.address()).Protect, PAGE_READONLY);
}

void execution(ktap::Test& t) {
  const Mapping mapping(8192, PAGE_EXECUTE_READWRITE), data(8192);
  t.fails("a mapping without it", View(data, FILE_MAP_READ | FILE_MAP_EXECUTE).address(),
          ERROR_ACCESS_DENIED);
  const View view(mapping, FILE_MAP_WRITE | FILE_MAP_EXECUTE);
  if (!t.succeeds("a view", view.address())) return;
  t.equal("its Protect", query(view.address()).Protect, PAGE_EXECUTE_READWRITE);
  view[0] = 0x00002AB8;  // mov eax, 42
  view[1] = 0x0000C300;  // ret
  t.equal("its code", reinterpret_cast<int (*)()>(view.address())(), 42);
}

void queried(ktap::Test& t) {
  const Mapping mapping(3 * granularity);
  const View view(mapping, FILE_MAP_READ);
  const MEMORY_BASIC_INFORMATION all = query(view.address());
  t.equal("BaseAddress", all.BaseAddress, view.address());
  t.equal("AllocationBase", all.AllocationBase, view.address());
  t.equal("AllocationProtect", all.AllocationProtect, PAGE_READONLY);
  t.equal("RegionSize", all.RegionSize, 3 * granularity);
  t.equal("State", all.State, MEM_COMMIT);
  t.equal("Protect", all.Protect, PAGE_READONLY);
  t.equal("Type", all.Type, MEM_MAPPED);
}

void protection_within(ktap::Test& t) {
  const Mapping mapping(2 * granularity);
  const View view(mapping, FILE_MAP_WRITE), reading(mapping, FILE_MAP_READ);
  DWORD old = 0;
  const DWORD page = ktap::page_size();
  t.succeeds("less than the view's", VirtualProtect(view.address(), page, PAGE_READONLY, &old));
  t.equal("what it was", old, PAGE_READWRITE);
  t.equal("what it is", query(view.address()).Protect, PAGE_READONLY);
  t.succeeds("as before", VirtualProtect(view.address(), page, PAGE_READWRITE, &old));
  t.fails("more than the view's", VirtualProtect(reading.address(), page, PAGE_READWRITE, &old),
          ERROR_INVALID_PARAMETER);
  t.succeeds("a copy of it", VirtualProtect(reading.address(), page, PAGE_WRITECOPY, &old));
  reading[0] = 5;
  t.equal("it is private", view[0], 0);
}

void unmapping(ktap::Test& t) {
  const Mapping mapping(granularity);
  View view(mapping);
  void* base = view.address();
  t.succeeds("UnmapViewOfFile", UnmapViewOfFile(base));
  t.equal("its State", query(base).State, MEM_FREE);
  t.fails("once more", UnmapViewOfFile(base), ERROR_INVALID_ADDRESS);
  void* memory = VirtualAlloc(nullptr, granularity, MEM_RESERVE, PAGE_READWRITE);
  t.fails("memory of one's own", UnmapViewOfFile(memory), ERROR_INVALID_ADDRESS);
  VirtualFree(memory, 0, MEM_RELEASE);
  const View again(mapping);
  t.fails("VirtualFree of a view", VirtualFree(again.address(), 0, MEM_RELEASE),
          ERROR_INVALID_PARAMETER);
}

}  // namespace mapping
