// Views of files and the files themselves.
#include "guest/conformance/mapping_objects.hpp"

namespace mapping {

void coherence(ktap::Test& t) {
  File::make(10000);
  const File file(OPEN_EXISTING);
  const Mapping mapping(file), other(file);
  const View view(mapping), second(other, FILE_MAP_READ);
  if (!t.succeeds("a view", view.address())) return;
  view[5] = 55;
  t.equal("a view of another mapping", second[5], 55);
  t.equal("ReadFile", file.read(20), 55);
  file.write(8000, 77);
  t.equal("a view after WriteFile", view[2000], 77);
  t.equal("the other view after WriteFile", second[2000], 77);
  const File reader(OPEN_EXISTING, GENERIC_READ);
  view[5] = 56;
  t.equal("ReadFile by another handle", reader.read(20), 56);
}

void flushing(ktap::Test& t) {
  File::make(10000);
  const File file(OPEN_EXISTING);
  const Mapping mapping(file), memory(8192);
  const View view(mapping), paged(memory);
  if (!t.succeeds("a view", view.address())) return;
  view[0] = 1;
  t.succeeds("all of a view", FlushViewOfFile(view.address(), 0));
  t.succeeds("a part", FlushViewOfFile(static_cast<char*>(view.address()) + 4096, 100));
  t.succeeds("memory of the paging file", FlushViewOfFile(paged.address(), 0));
  t.equal("the file has it", file.read(0), 1);
  void* own = VirtualAlloc(nullptr, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  t.fails("memory of one's own", FlushViewOfFile(own, 4096), ERROR_INVALID_ADDRESS);
  VirtualFree(own, 0, MEM_RELEASE);
  t.fails("free memory", FlushViewOfFile(own, 4096), ERROR_INVALID_ADDRESS);
}

void write_through(ktap::Test& t) {
  File::make(10000);
  const File file(OPEN_EXISTING, GENERIC_READ | GENERIC_WRITE, FILE_FLAG_WRITE_THROUGH);
  const Mapping mapping(file);
  const View view(mapping);
  if (!t.succeeds("a view", view.address())) return;
  view[3] = 33;
  file.write(16, 44);
  t.equal("the view's word", file.read(12), 33);
  t.equal("the file's word", view[4], 44);
}

void usage(ktap::Test& t) {
  File::make(10000);
  File file(OPEN_EXISTING);
  Mapping mapping(file);
  View view(mapping);
  if (!t.succeeds("a view", view.address())) return;
  mapping.close();
  file.close();
  t.equal("without handles: a word", view[7], 7);
  view[7] = 70;
  view.unmap();
  const File again(OPEN_EXISTING, GENERIC_READ);
  t.equal("the file has what was written", again.read(28), 70);

  Mapping named(8192, PAGE_READWRITE, "faultline usage");
  View last(named);
  last[0] = 5;
  named.close();
  t.equal("memory without a handle", last[0], 5);
  t.fails("its name has gone", OpenFileMappingA(FILE_MAP_READ, FALSE, "faultline usage"),
          ERROR_FILE_NOT_FOUND);
}

void mapped_files(ktap::Test& t) {
  File::make(10000);
  File file(OPEN_EXISTING);
  Mapping mapping(file);
  View view(mapping);
  SetFilePointer(file.get(), 4096, nullptr, FILE_BEGIN);
  t.fails("cut off", SetEndOfFile(file.get()), ERROR_USER_MAPPED_FILE);
  SetFilePointer(file.get(), 20000, nullptr, FILE_BEGIN);
  t.succeeds("extended", SetEndOfFile(file.get()));
  mapping.close();
  view.unmap();
  SetFilePointer(file.get(), 4096, nullptr, FILE_BEGIN);
  t.succeeds("cut off when nobody maps it", SetEndOfFile(file.get()));
  file.close();
  t.succeeds("deleted", DeleteFileA(file_name));
}

void exclusive(ktap::Test& t) {
  File::make(10000);
  const Handle file(
      CreateFileA(file_name, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr));
  t.succeeds("CreateFile", file.get());
  t.fails("somebody else", File(OPEN_EXISTING, GENERIC_READ).get(), ERROR_SHARING_VIOLATION);
  const Handle mapping(CreateFileMappingA(file.get(), nullptr, PAGE_READWRITE, 0, 0, nullptr));
  const View view(mapping);
  t.equal("a view", view[3], 3);
  t.fails("somebody else while it is mapped", File(OPEN_EXISTING, GENERIC_READ).get(),
          ERROR_SHARING_VIOLATION);
}

}  // namespace mapping
