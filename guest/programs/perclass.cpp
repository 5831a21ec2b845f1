// A C++ class whose objects live in a heap of its own: operator new makes the heap for the first
// object, operator delete destroys it after the last one.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

class Node {
 public:
  explicit Node(int value, Node* next = nullptr) : value_(value), next_(next) {}
  int value() const { return value_; }
  Node* next() const { return next_; }

  static HANDLE heap() { return heap_; }
  static unsigned count() { return count_; }

  static void* operator new(size_t size) {
    if (heap_ == nullptr) heap_ = HeapCreate(HEAP_GENERATE_EXCEPTIONS, 0, 0);
    void* block = HeapAlloc(heap_, 0, size);
    ++count_;
    return block;
  }
  static void operator delete(void* block) {
    HeapFree(heap_, 0, block);
    if (--count_ != 0) return;
    HeapDestroy(heap_);
    heap_ = nullptr;
  }

 private:
  static inline HANDLE heap_ = nullptr;
  static inline unsigned count_ = 0;
  int value_;
  Node* next_;
};

bool good = true;
void check(const char* what, bool holds) {
  crt::print(holds ? "ok " : "not ok ", what, "\n");
  good = good && holds;
}

ULONG_PTR address(const void* at) { return reinterpret_cast<ULONG_PTR>(at); }

}  // namespace

extern "C" int main(int, char**) {
  constexpr int nodes = 1000;
  check("without an object there is no heap", Node::heap() == nullptr);
  Node* list = nullptr;
  bool close = true;
  for (int i = 0; i < nodes; ++i) {
    // Something else is allocated all the time, and doesn't come between the nodes.
    void* other = HeapAlloc(GetProcessHeap(), 0, static_cast<SIZE_T>(10 + i % 90));
    Node* node = new Node(i, list);
    close = close && (list == nullptr || address(node) - address(list) <= 24);
    list = node;
    HeapFree(GetProcessHeap(), 0, other);
  }
  check("the class has a heap of its own",
        Node::heap() != nullptr && Node::heap() != GetProcessHeap());
  check("its nodes lie side by side", close);
  check("they are blocks of that heap",
        HeapValidate(Node::heap(), 0, list) && !HeapValidate(GetProcessHeap(), 0, list));
  int sum = 0;
  for (const Node* at = list; at != nullptr; at = at->next()) sum += at->value();
  check("each keeps its value", sum == nodes * (nodes - 1) / 2);
  while (list != nullptr) {
    Node* next = list->next();
    delete list;
    list = next;
  }
  check("after the last one the heap is gone", Node::heap() == nullptr && Node::count() == 0);
  return good ? 0 : 1;
}
