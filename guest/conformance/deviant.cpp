// Not a conformance program: what `faultline conform` is tested with. What it does depends on the
// name it was given: failing, dying, silent, endless.
#include "guest/conformance/ktap.hpp"

namespace {

void passes(ktap::Test& t) { t.equal("two and two", 2 + 2, 4); }
void fails(ktap::Test& t) {
  t.equal("two and three", 2 + 3, 6);
  t.equal("a name", "left", "right");
  t.fails("DeleteFile of nothing", DeleteFileA("\\nothing.txt"), ERROR_ACCESS_DENIED);
  t.succeeds("CloseHandle of nothing", CloseHandle(nullptr));
}
void skips(ktap::Test& t) { t.skip("there is nothing to do"); }
void dies(ktap::Test&) { *static_cast<volatile int*>(nullptr) = 1; }
void never_ends(ktap::Test&) {
  for (;;) asm volatile("");
}

constexpr ktap::Case failing[] = {{"sums", passes}, {"other sums", fails}, {"nothing", skips}};
constexpr ktap::Case dying[] = {{"sums", passes}, {"death", dies}, {"nothing", skips}};
constexpr ktap::Case endless[] = {{"sums", passes}, {"eternity", never_ends}};

bool called(const char* name) {
  char path[MAX_PATH];
  GetModuleFileNameA(nullptr, path, sizeof path);
  const char* file = path;
  for (const char* at = path; *at != '\0'; ++at) {
    if (*at == '\\') file = at + 1;
  }
  return lstrcmpiA(file, name) == 0;
}

}  // namespace

extern "C" int main(int, char**) {
  if (called("failing.exe")) return ktap::run(failing);
  if (called("dying.exe")) return ktap::run(dying);
  if (called("endless.exe")) return ktap::run(endless);
  crt::print("nothing to say\n");
  return 0;
}
