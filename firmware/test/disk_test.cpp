// INT 13h on the disk the test came from; its last sectors may be written.
#include "firmware/test/bios_test.hpp"

namespace bios_test {
namespace {

constexpr u32 buffer = 0x20000, other = 0x28000, parameters = 0x30000;
constexpr u32 code = 0x8000;  // of this program: its third sector and on

struct Geometry {
  u32 cylinders, heads, sectors;
};

Geometry geometry() {
  const Registers r = interrupt(0x13, {.eax = 0x0800, .edx = 0x80});
  check(!r.carry() && r.ah() == 0 && (r.dx() & 0xFF) == peek<u8>(0x475), "AH=08h");
  const u32 last = (r.cx() >> 8) | (r.cx() & 0xC0u) << 2;
  return {last + 1, (r.dx() >> 8) + 1u, r.cx() & 0x3Fu};
}

Registers by_cylinder(u32 service, const Geometry& g, u32 lba, u32 count, u32 at) {
  const u32 cylinder = lba / g.sectors / g.heads, head = lba / g.sectors % g.heads;
  const u32 sector = lba % g.sectors + 1;
  return interrupt(0x13, {.eax = service << 8 | count,
                          .ebx = at & 0xF,
                          .ecx = (cylinder & 0xFF) << 8 | (cylinder >> 2 & 0xC0) | sector,
                          .edx = head << 8 | 0x80,
                          .es = static_cast<u16>(at >> 4)});
}

Registers by_packet(u32 service, u32 lba, u16 count, u32 at) {
  static struct [[gnu::packed]] {
    u8 size, reserved;
    u16 count, offset, segment;
    u32 low, high;
  } packet;
  packet = {16, 0, count, static_cast<u16>(at & 0xF), static_cast<u16>(at >> 4), lba, 0};
  const Registers r =
      interrupt(0x13, {.eax = service << 8, .edx = 0x80, .esi = reinterpret_cast<u32>(&packet)});
  check(!r.carry() ? packet.count == count : true, "the packet tells what was done");
  return r;
}

void fill(u32 at, u32 bytes, u32 seed) {
  for (u32 i = 0; i < bytes; i += 4) poke<u32>(at + i, (i + seed) * 0x9E3779B9u);
}
bool equal(u32 a, u32 b, u32 bytes) {
  for (u32 i = 0; i < bytes; i += 4) {
    if (peek<u32>(a + i) != peek<u32>(b + i)) return false;
  }
  return true;
}

}  // namespace

void test_disk() {
  Registers r = interrupt(0x13, {.eax = 0x4100, .ebx = 0x55AA, .edx = 0x80});
  check(!r.carry() && r.bx() == 0xAA55 && (r.cx() & 1) != 0, "AH=41h: extensions");
  const Geometry g = geometry();
  r = interrupt(0x13, {.eax = 0x1500, .edx = 0x80});
  const u32 sectors = u32{r.cx()} << 16 | r.dx();
  check(!r.carry() && r.ah() == 3 && sectors == 2880, "AH=15h: a 1.44 MB fixed disk");
  check(g.cylinders * g.heads * g.sectors <= sectors && g.cylinders != 0, "geometry fits");
  poke<u16>(parameters, 26);
  r = interrupt(0x13, {.eax = 0x4800, .edx = 0x80, .esi = 0, .ds = parameters >> 4});
  check(!r.carry() && peek<u32>(parameters + 16) == sectors && peek<u16>(parameters + 24) == 512,
        "AH=48h");

  check(!by_cylinder(0x02, g, 0, 1, buffer).carry() && peek<u16>(buffer + 510) == 0xAA55,
        "AH=02h reads the boot sector");
  fill(buffer, 8 * 512, 1);
  const u32 last = sectors - 8;
  r = by_packet(0x43, last, 8, buffer);
  check(!r.carry() && r.ah() == 0, "AH=43h writes");
  fill(other, 8 * 512, 2);
  check(!by_packet(0x42, last, 8, other).carry() && equal(buffer, other, 8 * 512),
        "AH=42h reads it back");
  fill(other, 8 * 512, 3);
  const u32 inside = g.cylinders * g.heads * g.sectors - 20;
  check(!by_cylinder(0x03, g, inside, 8, other).carry(), "AH=03h writes");
  r = by_cylinder(0x02, g, inside, 8, buffer + 8);  // an offset that is no paragraph's
  check(!r.carry() && r.al() == 8 && equal(buffer + 8, other, 8 * 512), "AH=02h reads it back");
  check(!by_packet(0x44, inside, 8, 0).carry() && !by_cylinder(0x04, g, inside, 8, 0).carry(),
        "verify");
  check(!by_packet(0x42, 0, 100, buffer).carry() && equal(buffer + 1024, code, 4096),
        "a hundred sectors at once");

  r = by_packet(0x42, sectors - 1, 2, buffer);
  check(r.carry() && r.ah() != 0, "reading past the end fails");
  check(interrupt(0x13, {.eax = 0x0100, .edx = 0x80}).ah() == r.ah(), "AH=01h repeats the status");
  r = interrupt(0x13, {.eax = 0x0201, .ecx = 0x0000, .edx = 0x80, .es = buffer >> 4});
  check(r.carry() && r.al() == 0, "there is no sector 0");
  check(interrupt(0x13, {.eax = 0x0201, .ecx = 1, .edx = 0x8F, .es = buffer >> 4}).carry(),
        "there is no disk 8Fh");
  check(interrupt(0x13, {.eax = 0x0201, .ecx = 1, .edx = 0x00, .es = buffer >> 4}).carry(),
        "there is no diskette");
  check(interrupt(0x13, {.eax = 0x7700, .edx = 0x80}).carry(), "unknown function of INT 13h");
  static const u8 services[] = {0x00, 0x0C, 0x0D, 0x10, 0x11};
  for (u32 service : services) {
    check(!interrupt(0x13, {.eax = service << 8, .ecx = 1, .edx = 0x80}).carry(),
          "reset, seek, ready, recalibrate");
  }
  check(!by_packet(0x42, last, 8, other).carry(), "the disk works after a reset");
}

}  // namespace bios_test
