// C++ exceptions: through frames with destructors, by base class, rethrown, from constructors,
// nested, and one that nobody catches in its function.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

int alive;
struct Counted {
  explicit Counted(bool fails = false) {
    if (fails) throw std::logic_error("constructor");
    ++alive;
  }
  Counted(const Counted&) { ++alive; }
  ~Counted() { --alive; }
};

void deep(int depth) {
  const Counted here;
  if (depth == 0) throw std::out_of_range("bottom");
  deep(depth - 1);
  std::puts("never");
}

struct Pair {
  Counted first, second;
  Pair() : first(), second(true) {}
};

int code_of(int which) try {
  if (which == 0) throw 42;
  if (which == 1) throw std::string("text");
  if (which == 2) throw std::runtime_error("runtime");
  return static_cast<int>(std::vector<int>(3).at(which));
} catch (int value) {
  return value;
} catch (const std::string& text) {
  return static_cast<int>(text.size());
} catch (const std::out_of_range&) {
  return -1;
} catch (const std::exception& error) {
  std::printf("exception: %s\n", error.what());
  return -2;
}

}  // namespace

int main() {
  try {
    deep(50);
  } catch (const std::exception& error) {
    std::printf("%s, %d alive\n", error.what(), alive);
  }
  try {
    const Pair pair;
  } catch (const std::logic_error& error) {
    std::printf("%s, %d alive\n", error.what(), alive);
  }
  for (int which = 0; which < 5; ++which) std::printf("%d: %d\n", which, code_of(which));
  try {
    try {
      throw std::runtime_error("inner");
    } catch (...) {
      const Counted here;
      throw;
    }
  } catch (const std::runtime_error& error) {
    std::printf("rethrown %s, %d alive\n", error.what(), alive);
  }
  int caught = 0;
  for (int i = 0; i < 1000; ++i) {
    try {
      deep(i % 5);
    } catch (...) {
      ++caught;
    }
  }
  std::printf("%d caught, %d alive\n", caught, alive);
  return caught == 1000 && alive == 0 ? 17 : 1;
}
