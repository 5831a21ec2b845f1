// Sections and the ends of processes. A process that maps, copies, protects and unmaps without end
// is killed at twenty moments: what was promised to it comes back, the section keeps its words. And
// a section outlives the process that made it, as long as a child has it. `seckill busy HANDLE`,
// `seckill maker HANDLE` and `seckill heir HANDLE HANDLE` are the children.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/programs/child.hpp"
#include "guest/programs/native_section.hpp"

namespace {

using native::Section;
using native::View;

constexpr DWORD bytes = 0x40000, words = bytes / 4, stride = 512, kills = 20;
constexpr DWORD made = 0x5EC7, inherited = 0x0FAD;

DWORD word_of(DWORD index) { return index * 2654435761u; }

DWORD committed() {
  using Query = native::Status(WINAPI*)(DWORD, void*, DWORD, DWORD*);
  DWORD performance[78];
  native::service<Query>("NtQuerySystemInformation")(2, performance, sizeof performance, nullptr);
  return performance[12];
}

/// Never ends by itself, but for a failure.
int be_busy(HANDLE handle) {
  const Section section(handle);
  for (DWORD round = 0;; ++round) {
    const View shared(section, PAGE_READWRITE), copy(section, PAGE_WRITECOPY);
    const Section own(bytes, PAGE_READWRITE, native::SEC_COMMIT_);
    const View mine(own, PAGE_READWRITE);
    if (shared.status != 0 || copy.status != 0 || mine.status != 0) return 2;
    shared.words[0] = round + 1;  // the only word that may change
    for (DWORD i = stride; i < words; i += stride) {
      if (shared.words[i] != word_of(i)) return 3;
      copy.words[i] = round;
      mine.words[i] = round;
    }
    DWORD old;
    if (!VirtualProtect(shared.address(), bytes, PAGE_WRITECOPY, &old)) return 4;
    for (DWORD i = stride; i < words; i += 3 * stride) shared.words[i] = round;
  }
}

bool keeps_its_words(const View& view) {
  for (DWORD i = stride; i < words; i += stride) {
    if (view.words[i] != word_of(i)) return false;
  }
  return true;
}

bool kill_at_every_step() {
  const Section section(bytes, PAGE_READWRITE, native::SEC_COMMIT_, true);
  const View view(section, PAGE_READWRITE);
  for (DWORD i = stride; i < words; i += stride) view.words[i] = word_of(i);
  DWORD promised = 0;
  for (DWORD i = 0; i < kills; ++i) {
    view.words[0] = 0;
    HANDLE child = CommandLine("seckill.exe").add("busy").add(section.handle).start();
    if (child == nullptr) return false;
    while (view.words[0] == 0 && WaitForSingleObject(child, 0) != WAIT_OBJECT_0) Sleep(10);
    Sleep(10 * (i % 5));
    for (DWORD spin = 0; spin < 700 * i; ++spin) static_cast<void>(view.words[1]);
    TerminateProcess(child, 77);
    const DWORD code = wait_for(child);
    Sleep(20);  // the reaper's turn
    if (code != 77 || !keeps_its_words(view)) {
      crt::print("seckill: kill ", i, ": ", crt::hex(code), "\n");
      return false;
    }
    // The first time the pool grows.
    if (i == 2) promised = committed();
    if (i > 2 && committed() > promised) {
      crt::print("seckill: kill ", i, " leaves ", committed() - promised, " pages promised\n");
      return false;
    }
  }
  return true;
}

/// A section of its own for a child, and no waiting for it.
int make_and_leave(HANDLE mailbox) {
  const Section section(bytes, PAGE_READWRITE, native::SEC_COMMIT_, true);
  const View view(section, PAGE_READWRITE);
  if (view.status != 0) return 2;
  view.words[1] = made;
  return CommandLine("seckill.exe").add("heir").add(mailbox).add(section.handle).start() != nullptr
             ? 0
             : 3;
}

int inherit(HANDLE mailbox, HANDLE handle) {
  Section post(mailbox), section(handle);
  const View letter(post, PAGE_READWRITE);
  while (letter.words[0] == 0) Sleep(10);  // until the section's maker is gone
  const View view(section, PAGE_READWRITE);
  section.close();  // the view is all that is left of it
  letter.words[1] = view.words[1] == made ? inherited : 1;
  return 0;
}

bool outlives_its_maker() {
  const Section mailbox(0x10000, PAGE_READWRITE, native::SEC_COMMIT_, true);
  const View letter(mailbox, PAGE_READWRITE);
  HANDLE maker = CommandLine("seckill.exe").add("maker").add(mailbox.handle).start();
  if (maker == nullptr || wait_for(maker) != 0) return false;
  letter.words[0] = 1;
  for (DWORD i = 0; i < 500 && letter.words[1] == 0; ++i) Sleep(10);
  return letter.words[1] == inherited;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 4) return inherit(handle_of(argv[2]), handle_of(argv[3]));
  if (argc == 3) {
    return argv[1][0] == 'b' ? be_busy(handle_of(argv[2])) : make_and_leave(handle_of(argv[2]));
  }
  const bool kept = kill_at_every_step(), outlived = outlives_its_maker();
  if (!outlived) crt::print("seckill: a section went with its maker\n");
  if (kept && outlived) crt::print("seckill: sections keep their words whoever ends\n");
  return kept && outlived ? 0 : 1;
}
