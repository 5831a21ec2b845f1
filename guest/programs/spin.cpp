// Two threads that never yield: both make progress only if the kernel preempts them.
// The argument is how long to spin, in milliseconds.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

volatile bool stop = false;
volatile unsigned counts[2];

DWORD WINAPI count(void* parameter) {
  volatile unsigned& counter = counts[reinterpret_cast<UINT_PTR>(parameter)];
  while (!stop) counter = counter + 1;
  return 0;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  const auto duration = argc < 2 ? crt::Number{true, 500} : crt::parse_number(argv[1]);
  if (!duration.valid) {
    crt::complain("spin: '", argv[1], "' is not a number\n");
    return 2;
  }
  HANDLE threads[2];
  for (unsigned i = 0; i < 2; ++i) {
    threads[i] = CreateThread(nullptr, 0, count, reinterpret_cast<void*>(i), 0, nullptr);
    if (threads[i] == nullptr) {
      crt::complain("spin: cannot start a thread: error ", GetLastError(), "\n");
      return 2;
    }
  }
  const DWORD begin = GetTickCount();
  while (GetTickCount() - begin < duration.value) {
  }
  stop = true;
  for (HANDLE thread : threads) {
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
  }
  const bool both = counts[0] != 0 && counts[1] != 0;
  crt::print("spin: two loops ran ", both ? "side by side" : "not side by side", "\n");
  return both ? 0 : 1;
}
