// HEAP_GENERATE_EXCEPTIONS.
#include "guest/conformance/caught.hpp"
#include "guest/conformance/heap.hpp"

void heap::generate_exceptions(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0x10000);
  auto record = ktap::exception_of([&] { HeapAlloc(heap, HEAP_GENERATE_EXCEPTIONS, 0x20000); });
  t.equal("HeapAlloc with the flag", record.ExceptionCode, STATUS_NO_MEMORY);
  record = ktap::exception_of([&] { HeapAlloc(heap, HEAP_GENERATE_EXCEPTIONS, 0x100); });
  t.equal("where there is room", record.ExceptionCode, 0);
  void* block = HeapAlloc(heap, 0, 100);
  record = ktap::exception_of([&] { HeapReAlloc(heap, HEAP_GENERATE_EXCEPTIONS, block, 0x20000); });
  t.equal("HeapReAlloc", record.ExceptionCode, STATUS_NO_MEMORY);
  record = ktap::exception_of([&] { HeapAlloc(heap, 0, 0x20000); });
  t.equal("without it", record.ExceptionCode, 0);
  HeapDestroy(heap);
}

void heap::generate_exceptions_of_heap(ktap::Test& t) {
  const HANDLE heap = HeapCreate(HEAP_GENERATE_EXCEPTIONS, 0, 0x10000);
  auto record = ktap::exception_of([&] { HeapAlloc(heap, 0, 0x20000); });
  t.equal("HeapAlloc", record.ExceptionCode, STATUS_NO_MEMORY);
  char nowhere[64] = {};
  record = ktap::exception_of([&] { HeapReAlloc(heap, 0, nowhere + 32, 100); });
  t.equal("HeapReAlloc of what is no block", record.ExceptionCode, STATUS_ACCESS_VIOLATION);
  HeapDestroy(heap);
}
