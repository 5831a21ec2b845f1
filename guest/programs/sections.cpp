// Section objects on the paging file: views that agree, copies on write, protections, reserved
// sections, and a child that maps what it inherits. `sections child HANDLE` is that child.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/programs/native_section.hpp"

namespace {

using native::Section;
using native::View;

constexpr DWORD block = 0x10000;  // what offsets of views are multiples of
DWORD page;                       // bytes

#define EXPECT(what)                                 \
  do {                                               \
    if (!(what)) {                                   \
      crt::print("sections: not so: ", #what, "\n"); \
      return false;                                  \
    }                                                \
  } while (0)

bool readable(const volatile void* address) {
  char byte;
  SIZE_T count = 0;
  return ReadProcessMemory(GetCurrentProcess(), const_cast<const void*>(address), &byte, 1,
                           &count) != FALSE;
}

MEMORY_BASIC_INFORMATION query(const volatile void* address) {
  MEMORY_BASIC_INFORMATION info = {};
  VirtualQuery(const_cast<const void*>(address), &info, sizeof info);
  return info;
}

bool views_agree() {
  const Section section(4 * block, PAGE_READWRITE, native::SEC_COMMIT_);
  EXPECT(section.status == 0);
  const View whole(section, PAGE_READWRITE), part(section, PAGE_READONLY, 2 * block, block);
  EXPECT(whole.status == 0 && part.status == 0);
  EXPECT(whole.size == 4 * block && part.size == block);
  EXPECT(whole.words[0] == 0 && part.words[0] == 0);
  whole.words[2 * block / 4 + 5] = 0xC0FFEE;
  EXPECT(part.words[5] == 0xC0FFEE);
  const MEMORY_BASIC_INFORMATION info = query(part.words);
  EXPECT(info.Type == MEM_MAPPED && info.State == MEM_COMMIT && info.Protect == PAGE_READONLY);
  EXPECT(info.AllocationBase == part.words && info.RegionSize == block);
  EXPECT(VirtualFree(whole.address(), 0, MEM_RELEASE) == FALSE);  // a view is unmapped, not freed
  return true;
}

bool what_is_refused() {
  const Section read_only(block, PAGE_READONLY, native::SEC_COMMIT_);
  EXPECT(View(read_only, PAGE_READWRITE).status == native::section_protection);
  EXPECT(View(read_only, PAGE_WRITECOPY).status == 0);
  const Section section(2 * block, PAGE_READWRITE, native::SEC_COMMIT_);
  EXPECT(View(section, PAGE_READWRITE, 0x1000).status == native::mapped_alignment);
  EXPECT(View(section, PAGE_READWRITE, 2 * block).status == native::invalid_view_size);
  EXPECT(View(section, PAGE_READWRITE, block, 2 * block).status == native::invalid_view_size);
  const View view(section, PAGE_READWRITE);
  EXPECT(View(section, PAGE_READWRITE, 0, 0, view.address()).status == native::conflict);
  const View reader(section, PAGE_READONLY);
  DWORD old;
  EXPECT(!VirtualProtect(reader.address(), page, PAGE_READWRITE, &old));
  EXPECT(Section(0, PAGE_READWRITE, native::SEC_COMMIT_).status != 0);
  EXPECT(native::unmap(&old) == native::not_mapped_view);
  return true;
}

bool copies_on_write() {
  const Section section(2 * block, PAGE_READWRITE, native::SEC_COMMIT_);
  const View shared(section, PAGE_READWRITE), copy(section, PAGE_WRITECOPY);
  EXPECT(shared.status == 0 && copy.status == 0);
  const DWORD step = page / 4;
  for (DWORD i = 0; i < 4; ++i) shared.words[i * step] = 100 + i;
  EXPECT(copy.words[0] == 100 && query(copy.words).Protect == PAGE_WRITECOPY);
  copy.words[0] = 200;
  EXPECT(shared.words[0] == 100);
  EXPECT(query(copy.words).Protect == PAGE_READWRITE && query(copy.words).RegionSize == page);
  EXPECT(query(copy.words + step).Protect == PAGE_WRITECOPY);
  shared.words[0] = 300;
  shared.words[step] = 301;
  EXPECT(copy.words[0] == 200 && copy.words[step] == 301);
  // The kernel's own stores are copied on write, too, whatever the processor lets it do.
  VirtualQuery(
      shared.address(),
      reinterpret_cast<MEMORY_BASIC_INFORMATION*>(const_cast<DWORD*>(copy.words + 2 * step)),
      sizeof(MEMORY_BASIC_INFORMATION));
  EXPECT(copy.words[2 * step] == reinterpret_cast<DWORD>(shared.address()));
  EXPECT(shared.words[2 * step] == 102);
  // A writable view's page made copy-on-write stands alone from its first store on.
  DWORD old = 0;
  const View other(section, PAGE_READWRITE);
  EXPECT(VirtualProtect(const_cast<DWORD*>(other.words + 3 * step), page, PAGE_WRITECOPY, &old));
  EXPECT(old == PAGE_READWRITE);
  other.words[3 * step] = 400;
  EXPECT(shared.words[3 * step] == 103 && other.words[3 * step] == 400);
  return true;
}

bool protections_of_views() {
  const Section section(block, PAGE_READWRITE, native::SEC_COMMIT_);
  const View one(section, PAGE_READWRITE), two(section, PAGE_READWRITE);
  one.words[0] = 7;
  DWORD old;
  EXPECT(VirtualProtect(one.address(), page, PAGE_NOACCESS, &old) && old == PAGE_READWRITE);
  EXPECT(!readable(one.words) && readable(two.words) && readable(one.words + page / 4));
  EXPECT(query(one.words).Protect == PAGE_NOACCESS);
  EXPECT(VirtualProtect(one.address(), page, PAGE_READWRITE | PAGE_GUARD, &old));
  EXPECT(old == PAGE_NOACCESS && !readable(one.words) && readable(one.words));  // once
  EXPECT(one.words[0] == 7 && query(one.words).Protect == PAGE_READWRITE);
  return true;
}

bool reserved_sections() {
  const Section section(4 * block, PAGE_READWRITE, native::SEC_RESERVE_);
  const View one(section, PAGE_READWRITE), two(section, PAGE_READWRITE);
  EXPECT(query(one.words).State == MEM_RESERVE && query(one.words).RegionSize == 4 * block);
  EXPECT(!readable(one.words));
  EXPECT(VirtualAlloc(const_cast<DWORD*>(one.words + block / 4), page, MEM_COMMIT,
                      PAGE_READWRITE) != nullptr);
  one.words[block / 4] = 9;
  EXPECT(two.words[block / 4] == 9);  // committed for all views at once
  EXPECT(query(two.words).RegionSize == block && !readable(two.words + (block + page) / 4));
  return true;
}

bool child_shares(const char* handle_text) {
  HANDLE handle = nullptr;
  for (DWORD value = 0; *handle_text != '\0'; ++handle_text) {
    value = value * 10 + static_cast<DWORD>(*handle_text - '0');
    handle = reinterpret_cast<HANDLE>(value);
  }
  const Section section(handle);
  const View shared(section, PAGE_READWRITE), copy(section, PAGE_WRITECOPY);
  EXPECT(shared.status == 0 && copy.status == 0);
  EXPECT(shared.words[1] == 0xFA11);
  copy.words[1] = 1;
  shared.words[2] = 0x11FE;
  EXPECT(copy.words[2] == 0);  // its page is its own by now
  return true;
}

bool with_a_child() {
  const Section section(block, PAGE_READWRITE, native::SEC_COMMIT_, true);
  const View view(section, PAGE_READWRITE);
  view.words[1] = 0xFA11;
  char line[32] = "sections.exe child ";
  char digits[12];
  unsigned count = 0;
  for (DWORD value = reinterpret_cast<DWORD>(section.handle); value != 0; value /= 10) {
    digits[count++] = static_cast<char>('0' + value % 10);
  }
  char* to = line + lstrlenA(line);
  while (count != 0) *to++ = digits[--count];
  *to = '\0';
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  EXPECT(CreateProcessA(nullptr, line, nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup,
                        &process));
  DWORD code = 99;
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &code);
  EXPECT(code == 0);
  EXPECT(view.words[1] == 0xFA11 && view.words[2] == 0x11FE);
  return true;
}

/// The section is gone only with its last view.
bool views_outlive_handles() {
  Section section(block, PAGE_READWRITE, native::SEC_COMMIT_);
  const View first(section, PAGE_READWRITE);
  first.words[3] = 33;
  {
    const View second(section, PAGE_READWRITE);
    section.close();
    EXPECT(second.words[3] == 33);
  }
  EXPECT(first.words[3] == 33);
  return true;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  page = system.dwPageSize;
  if (argc == 3) return child_shares(argv[2]) ? 0 : 1;
  const bool good = views_agree() && what_is_refused() && copies_on_write() &&
                    protections_of_views() && reserved_sections() && with_a_child() &&
                    views_outlive_handles();
  if (good) crt::print("sections: views agree, copies are private\n");
  return good ? 0 : 1;
}
