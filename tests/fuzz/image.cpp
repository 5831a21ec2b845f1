#include "tests/fuzz/image.hpp"

#include <cstring>

#include "tests/fuzz/layout.hpp"
#include "tests/unit/cpu/raw_paging.hpp"

namespace faultline::fuzz {
namespace {

using namespace memory_map;
using test::page_size, test::raw_entry;

class Image {
 public:
  void dword(u32 at, u32 value) { std::memcpy(&bytes[at], &value, 4); }
  void word(u32 at, u16 value) { std::memcpy(&bytes[at], &value, 2); }
  /// [386 §5.1.1]
  void descriptor(u16 selector, u32 base, u32 limit, u8 access, bool big) {
    const bool pages = limit > 0xFFFFF;
    const u32 field = pages ? limit >> 12 : limit;
    dword(gdt + (selector & ~7u), (field & 0xFFFF) | base << 16);
    dword(gdt + (selector & ~7u) + 4, (base >> 16 & 0xFF) | u32{access} << 8 | (field & 0xF0000) |
                                          (big ? 1u << 22 : 0) | (pages ? 1u << 23 : 0) |
                                          (base & 0xFF000000));
  }
  /// [386 §9.5]
  void gate(u32 at, u16 selector, u32 offset, u8 access, u8 count = 0) {
    dword(at, (offset & 0xFFFF) | u32{selector} << 16);
    dword(at + 4, (offset & 0xFFFF0000) | u32{access} << 8 | count);
  }

  std::vector<u8> bytes = std::vector<u8>(extent);
};

u16 any_selector(u8 choice) { return static_cast<u16>((choice & 0x1F) << 3 | choice >> 6); }

void make_descriptors(Image& image, const Plan& plan, Input& input) {
  image.descriptor(code0, 0, ~u32{0}, 0x9B, true);
  image.descriptor(data0, 0, ~u32{0}, 0x93, true);
  image.descriptor(code3, 0, ~u32{0}, 0xFB, true);
  image.descriptor(data3, 0, ~u32{0}, 0xF3, true);
  image.descriptor(tss, task_state, 0x27F, 0x8B, false);
  image.descriptor(second_tss, second_task, 0x27F, 0x89, false);
  if (!plan.paragraphs())
    for (const Segment& each : plan.segments)
      image.descriptor(each.selector, each.base, each.limit, each.access, each.big);
  for (u16 selector = first_free_selector; selector < gdt_limit; selector += 8) {
    const u8 access = input.byte(), choice = input.byte();
    const u16 low = input.word();
    const bool is_gate = (access & 0x14) == 4;  // call, interrupt, trap and task gates
    if (is_gate)
      image.gate(gdt + selector, any_selector(choice), program + low, access, choice >> 5);
    else
      image.descriptor(selector, (choice & 1) != 0 ? program : 0, low | (choice & 0xF0) << 12,
                       access, (choice & 2) != 0);
  }
}

void make_vectors(Image& image, Input& input) {
  for (u32 vector = 0; vector < 256; ++vector) {
    image.dword(vectors + 4 * vector, handler << 12);  // paragraph:0
    image.gate(idt + 8 * vector, code0, handler, 0x8E);
  }
  for (unsigned i = 0; i < 8; ++i) {
    const u32 vector = input.byte();
    const u8 access = input.byte(), choice = input.byte();
    const u16 offset = input.word();
    if (access == 0) continue;  // left as it is
    image.dword(vectors + 4 * vector, (program << 12) | offset);
    image.gate(idt + 8 * vector, any_selector(choice), program + offset, access);
  }
}

/// [386 §7.1]
void make_tasks(Image& image, const Plan& plan, Input& input) {
  for (const u32 at : {task_state, second_task}) {
    for (u32 level = 0; level < 3; ++level) {
      image.dword(at + 4 + 8 * level, inner_stack_top);
      image.dword(at + 8 + 8 * level, data0);  // good for level 0 alone
    }
    image.dword(at + 0x1C, directory);  // CR3
    image.word(at + 0x66, 0x68);        // the I/O map
    for (u32 i = 0x68; i < 0x80; ++i) image.bytes[at + i] = input.byte();
  }
  const u8 choice = input.byte();
  const bool outer = (choice & 1) != 0;
  image.dword(second_task + 0x20, program + input.word());  // EIP
  image.dword(second_task + 0x24, plan.eflags);
  image.dword(second_task + 0x38, stack_top);  // ESP
  for (u32 i = 0; i < 6; ++i) image.dword(second_task + 0x48 + 4 * i, outer ? data3 : data0);
  image.dword(second_task + 0x4C, outer ? code3 : code0);
  image.word(second_task + 0x64, choice >> 7);  // T
}

/// The low pages lie where they are; all other linear space shows the program's frames, and now
/// and then the tables themselves. Zero bytes grant every right.
void make_tables(Image& image, Input& input) {
  constexpr u32 entries = page_size / 4, span = entries * page_size;
  u8 of_directory[8], of_program[32], of_others[32];
  input.bytes(of_directory);
  input.bytes(of_program);
  input.bytes(of_others);
  for (u64 at = 0; at < u64{1} << 32; at += span) {
    const u32 index = static_cast<u32>(at / span);
    const u32 rights = 7u ^ (index == 0 ? 0u : of_directory[index % 8] & 7u);
    image.dword(directory + 4 * index, raw_entry(index == 0 ? low_table : other_table, rights));
  }
  constexpr u32 pages = extent / page_size, program_pages = (extent - program) / page_size;
  for (u32 i = 0; i < entries; ++i) {
    const u8 choice = of_others[i % 32];
    const u32 frame = choice >= 0xF8 ? i % pages : pages - 1 - (i ^ choice >> 3) % program_pages;
    const u32 entry = raw_entry(frame * page_size, 7u ^ (choice & 7u));
    image.dword(other_table + 4 * i, entry);
    image.dword(low_table + 4 * i, entry);
  }
  for (u32 i = 0; i < pages; ++i) {
    const bool system = i < program / page_size;
    const u32 shift = system ? 0 : of_program[i % 32] >> 3;
    const u32 rights =
        system ? ((i + 1) * page_size == program ? 7u : 3u) : 7u ^ (of_program[i % 32] & 7u);
    const u32 frame = system ? i : pages - 1 - ((pages - 1 - i) ^ shift) % program_pages;
    image.dword(low_table + 4 * i, raw_entry(frame * page_size, rights));
  }
  const u8 spoilt = input.byte(), rights = input.byte();  // what the processor itself needs
  if ((spoilt & 0xC0) == 0xC0) {
    const u32 page = (spoilt & 0x3F) % (program / page_size);
    image.dword(low_table + 4 * page, raw_entry(page * page_size, rights & 7));
  }
}

}  // namespace

std::vector<u8> make_image(const Plan& plan, Input& input) {
  Image image;
  make_descriptors(image, plan, input);
  make_vectors(image, input);
  make_tasks(image, plan, input);
  make_tables(image, input);
  std::memset(&image.bytes[handler], 0xF4, 0x1000);
  const std::span<const u8> code = input.rest();
  if (!code.empty())
    for (u32 at = program; at < extent; ++at) image.bytes[at] = code[(at - program) % code.size()];
  return image.bytes;
}

}  // namespace faultline::fuzz
