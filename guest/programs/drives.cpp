// Lists the drives: letter, type, size and free space. `drives X:\` asks for one.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

const char* type_name(UINT type) {
  switch (type) {
    case DRIVE_FIXED:
      return "fixed";
    case DRIVE_NO_ROOT_DIR:
      return "no such drive";
    default:
      return "unknown";
  }
}

bool show(const char* root) {
  const UINT type = GetDriveTypeA(root);
  crt::print(root, " ", type_name(type));
  DWORD sectors = 0, bytes = 0, free = 0, total = 0;
  const bool there = GetDiskFreeSpaceA(root, &sectors, &bytes, &free, &total);
  if (there) {
    const DWORD cluster = sectors * bytes;
    crt::print(", ", total * (cluster / 512) / 2048, " MB, ", free * (cluster / 512) / 2,
               " KB free");
  } else {
    crt::print(", error ", GetLastError());
  }
  crt::print("\n");
  return there;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 2) return show(argv[1]) ? 0 : 1;
  const DWORD drives = GetLogicalDrives();
  for (unsigned i = 0; i < 26; ++i) {
    if ((drives >> i & 1) == 0) continue;
    const char root[] = {static_cast<char>('A' + i), ':', '\\', '\0'};
    if (!show(root)) return 1;
  }
  return 0;
}
