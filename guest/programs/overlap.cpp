// Work while the disk works: one thread counts, the other reads a file that is not in memory yet.
// `overlap FILE` prints what the counting thread got of the processor meanwhile, in percent.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

volatile DWORD counter = 0;
volatile bool done = false;

DWORD WINAPI count(void*) {
  while (!done) counter = counter + 1;
  return 0;
}

DWORD now() {
  LARGE_INTEGER value;
  QueryPerformanceCounter(&value);
  return value.LowPart;
}

/// Counts of the counter and of the clock while `work` goes on.
struct Measured {
  DWORD count, time;
};
template <class Work>
Measured measure(Work work) {
  const DWORD first = counter, start = now();
  work();
  return {counter - first, now() - start};
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc != 2) {
    crt::print("usage: overlap FILE\n");
    return 64;
  }
  HANDLE file =
      CreateFileA(argv[1], GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    crt::print("overlap: cannot open ", argv[1], ": error ", GetLastError(), "\n");
    return 2;
  }
  HANDLE thread = CreateThread(nullptr, 0, count, nullptr, 0, nullptr);
  if (thread == nullptr) return 3;
  const Measured alone = measure([] { Sleep(200); });
  DWORD bytes = 0;
  const Measured busy = measure([&] {
    static char buffer[0x1000];
    for (DWORD got = 0; ReadFile(file, buffer, sizeof buffer, &got, nullptr) && got != 0;) {
      bytes += got;
    }
  });
  done = true;
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(file);
  // Counts a 16th of a clock period, so that neither product passes 32 bits.
  const DWORD rate = alone.count * 16 / alone.time;
  const DWORD percent = busy.count / (busy.time / 100 * rate / 16 + 1);
  crt::print("overlap: ", bytes, " bytes, the other thread had ", percent, "% of the processor\n");
  return 0;
}
