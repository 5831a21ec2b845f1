// Errata of the 386's paging and exceptions, with --errata and without, and on other steppings.
#include "tests/unit/cpu/flawed_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 elsewhere = 0x80000;  // a frame

// CR0.PG cleared without a load of CR3.

TEST(PagingOff, WhatTheTlbHoldsStillTranslates) {  // [B1 §10]
  for (const auto& [model, errata] : {std::pair{b1, true}, {b1, false}, {c0, true}}) {
    const bool shown = model == b1 && errata;
    Flawed m(model, errata);
    m.enable_paging();
    for (const u32 page : {data, data + page_size}) m.map(page, page + elsewhere, 7);
    m.set_dword(data, 0x11111111);
    m.set_dword(data + page_size, 0x22222222);
    m.set_dword(elsewhere + data, 0x33333333);
    m.reg(EBP) = data + page_size;
    m.go({0xA1, 0,    0xC0, 0,    0,  // mov eax,[data]: now the TLB holds it
          0x0F, 0x20, 0xC0, 0x25, 0xFF, 0xFF, 0xFF, 0x7F, 0x0F, 0x22, 0xC0,  // PG = 0
          0x8B, 0x1D, 0,    0xC0, 0,    0,                                   // mov ebx,[data]
          0x8B, 0x55, 0x00,                    // mov edx,[the next page]: a miss
          0xFE, 0x05, 0,    0xC0, 0,    0,     // inc byte [data]
          0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8,  // CR3 = CR3
          0x8B, 0x0D, 0,    0xC0, 0,    0});   // mov ecx,[data]
    EXPECT_EQ(m.reg(EBX), shown ? 0x33333333u : 0x11111111u) << model;
    EXPECT_EQ(m.reg(EDX), 0x22222222u) << model;
    EXPECT_EQ(m.dword(elsewhere + data), shown ? 0x33333334u : 0x33333333u) << model;
    EXPECT_EQ(m.reg(ECX), shown ? 0x11111111u : 0x11111112u) << model;
  }
}

TEST(PagingOff, CodeGoesOnInItsPage) {
  for (const bool errata : {true, false}) {
    Flawed m(b1, errata);
    m.enable_paging();
    m.map(program, program + elsewhere, 7);
    const std::vector<u8> clear_pg = {0x0F, 0x20, 0xC0, 0x25, 0xFF, 0xFF,
                                      0xFF, 0x7F, 0x0F, 0x22, 0xC0};
    m.place(m.place(program, clear_pg), {0xB3, 0x01, 0xF4});              // mov bl,1
    m.place(m.place(program + elsewhere, clear_pg), {0xB3, 0x02, 0xF4});  // mov bl,2
    m.run();
    EXPECT_EQ(m.reg(EBX), errata ? 2u : 1u);
  }
}

// Page faults on the way to the page fault handler.

struct Vectors : Observation {
  std::vector<unsigned> seen;
  void interrupt(u8 vector, bool, bool, u32) override { seen.push_back(vector); }
};

TEST(PageFaults, TheSecondIsDeliveredAndTheThirdShutsDown) {  // [B1 §18]
  constexpr u32 far = 0x40000;
  for (const char* model : {b1, c0, d1, "i386sx"}) {
    for (const bool errata : {true, false}) {
      Vectors vectors;
      Flawed m(model, errata, Timing::None, &vectors);
      m.enable_paging();
      for (unsigned v = 0; v < PF; ++v)
        m.place(far - 8 * (PF - v),
                {m.byte(idt + 8 * v), m.byte(idt + 8 * v + 1), code0, 0, 0, 0x8E, 0, 0});
      m.s.idtr.base = far - 8 * PF;
      m.page_bits(far, 0);  // the page of the gate of #PF
      m.page_bits(data, 0);
      const Entered e = m.run_program({0xA1, 0, 0xC0, 0, 0});
      EXPECT_EQ(m.cr2(), far);
      if (errata) {
        EXPECT_EQ(m.last_stop, Stop::Shutdown) << model;
        EXPECT_EQ(vectors.seen, (std::vector<unsigned>{PF, PF})) << model;
      } else {
        EXPECT_EQ(e.vector, DF) << model;
        EXPECT_EQ(vectors.seen, (std::vector<unsigned>{PF, DF})) << model;
      }
    }
  }
}

TEST(PageFaults, AnotherFaultOnTheWayIsADoubleFaultAllTheSame) {
  Flawed m;
  m.enable_paging();
  m.gate(PF, code0, m.handler(PF), 0x0E00);  // not present
  m.page_bits(data, 0);
  EXPECT_EQ(m.run_program({0xA1, 0, 0xC0, 0, 0}).vector, DF);
}

TEST(PageFaults, AShutdownIsNotRememberedByTheNext) {
  Flawed m;
  m.enable_paging();
  m.page_bits(data, 0);
  const u32 idt_base = m.s.idtr.base;
  m.s.idtr.base = data;
  m.place(program, {0x0F, 0x0B});
  EXPECT_EQ(m.run(), Stop::Shutdown);
  m.s.idtr.base = idt_base;
  EXPECT_EQ(m.run_program({0xA1, 0, 0xC0, 0, 0}).vector, PF);
}

}  // namespace
}  // namespace faultline::test
