// Hooks: code, memory, interrupts, ports; what a callback may do.
#include <functional>

#include "tests/unit/api/embedded.hpp"

namespace faultline::test {
namespace {

using Address = std::pair<uint32_t, uint32_t>;

class Hooked : public Embedded {
 protected:
  void TearDown() override {
    if (hook != 0) {
      EXPECT_EQ(faultline_unhook(engine, hook), FAULTLINE_OK);
    }
    Embedded::TearDown();
  }
  /// `on_code` before each instruction of a range.
  void watch_code(uint32_t first = 0, uint32_t last = UINT32_MAX) {
    ASSERT_EQ(faultline_hook_code(
                  engine, first, last,
                  [](faultline_engine*, uint32_t address, uint32_t length, void* user) {
                    static_cast<Hooked*>(user)->on_code(address, length);
                  },
                  this, &hook),
              FAULTLINE_OK);
  }
  void watch_memory(uint32_t kinds, uint32_t first = 0, uint32_t last = UINT32_MAX) {
    ASSERT_EQ(faultline_hook_memory(
                  engine, kinds, first, last,
                  [](faultline_engine*, const faultline_access* access, void* user) {
                    static_cast<Hooked*>(user)->accesses.push_back(*access);
                  },
                  this, &hook),
              FAULTLINE_OK);
  }
  void watch_interrupts() {
    ASSERT_EQ(faultline_hook_interrupt(
                  engine,
                  [](faultline_engine*, const faultline_interrupt* interrupt, uint32_t* resume,
                     void* user) {
                    return static_cast<Hooked*>(user)->on_interrupt(*interrupt, *resume);
                  },
                  this, &hook),
              FAULTLINE_OK);
  }
  std::function<void(uint32_t, uint32_t)> on_code = [this](uint32_t address, uint32_t length) {
    code.emplace_back(address, length);
  };
  std::function<int(const faultline_interrupt&, uint32_t&)> on_interrupt;
  std::vector<Address> code;
  std::vector<faultline_access> accesses;
  faultline_hook hook = 0;
};

TEST_F(Hooked, CodeHooksTellAddressAndLength) {
  place({0x40, 0xB9, 5, 0, 0, 0, 0xF4});  // inc eax; mov ecx, 5; hlt
  watch_code();
  run();
  EXPECT_EQ(code, (std::vector<Address>{{code_at, 1}, {code_at + 1, 5}, {code_at + 6, 1}}));
}

TEST_F(Hooked, CodeHooksKeepToTheirRange) {
  place({0x40, 0x40, 0x40, 0xF4});
  watch_code(code_at + 1, code_at + 2);
  run();
  EXPECT_EQ(code, (std::vector<Address>{{code_at + 1, 1}, {code_at + 2, 1}}));
}

TEST_F(Hooked, AnUndecodableInstructionHasNoLength) {
  place({0x0F, 0x0B});
  watch_code();
  EXPECT_EQ(run(), FAULTLINE_STOP_SHUTDOWN);
  ASSERT_EQ(code.size(), 1u);
  EXPECT_EQ(code[0], Address(code_at, 0));
}

TEST_F(Hooked, ARepeatedInstructionIsToldOfOnce) {
  place({0xF3, 0xAA, 0xF4});
  set(FAULTLINE_ECX, 5000);
  set(FAULTLINE_EDI, 0x4000);
  watch_code();
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(code.size(), 2u);
}

TEST_F(Hooked, AStopInACodeHookComesBeforeItsInstruction) {
  place({0x40, 0x41, 0xF4});
  on_code = [this](uint32_t address, uint32_t) {
    if (address == code_at + 1) {
      EXPECT_EQ(faultline_stop(engine), FAULTLINE_OK);
    }
  };
  watch_code();
  EXPECT_EQ(run(), FAULTLINE_STOP_REQUESTED);
  EXPECT_EQ(get(FAULTLINE_EIP), code_at + 1);
  EXPECT_EQ(get(FAULTLINE_ECX), 0u);
}

TEST_F(Hooked, ACodeHookMayGoElsewhere) {
  place({0x40, 0xCC, 0xCC, 0x41, 0xF4});  // inc eax; int3; int3; inc ecx; hlt
  on_code = [this](uint32_t address, uint32_t) {
    if (address == code_at + 1) set(FAULTLINE_EIP, code_at + 3);
  };
  watch_code();
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(get(FAULTLINE_ECX), 1u);
}

TEST_F(Hooked, ACallbackMayNotDoEverything) {
  place({0x90, 0xF4});
  on_code = [this](uint32_t, uint32_t) {
    faultline_context* context = nullptr;
    EXPECT_EQ(faultline_start(engine, 0, 0, 0, 0), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_step(engine), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_close(engine), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_reset(engine), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_enter_flat32(engine), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_set_timing(engine, FAULTLINE_TIMING_NONE), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_map_ram(engine, 0x200000, 4096), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_unmap(engine, 0), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_context_alloc(engine, &context), FAULTLINE_ERROR_RUNNING);
  };
  watch_code();
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
}

TEST_F(Hooked, ReadsAndWritesAreToldWithTheirValues) {
  set_dword(0x4000, 0x11223344);
  place({0xA1, 0x00, 0x40, 0, 0, 0x66, 0xA3, 0x10, 0x40, 0, 0, 0xF4});
  watch_memory(FAULTLINE_READ | FAULTLINE_WRITE);
  run();
  ASSERT_EQ(accesses.size(), 2u);
  EXPECT_EQ(accesses[0].kind, uint32_t{FAULTLINE_READ});
  EXPECT_EQ(accesses[0].address, 0x4000u);
  EXPECT_EQ(accesses[0].size, 4u);
  EXPECT_EQ(accesses[0].value, 0x11223344u);
  EXPECT_EQ(accesses[1].kind, uint32_t{FAULTLINE_WRITE});
  EXPECT_EQ(accesses[1].address, 0x4010u);
  EXPECT_EQ(accesses[1].size, 2u);
  EXPECT_EQ(accesses[1].value, 0x3344u);
}

TEST_F(Hooked, AReadModifyWriteIsBoth) {
  place({0xFF, 0x05, 0x00, 0x40, 0, 0, 0xF4});  // inc dword [4000h]
  watch_memory(FAULTLINE_READ | FAULTLINE_WRITE);
  run();
  ASSERT_EQ(accesses.size(), 2u);
  EXPECT_EQ(accesses[0].value, 0u);
  EXPECT_EQ(accesses[1].value, 1u);
}

TEST_F(Hooked, AMemoryHookSeesAnAccessThatReachesIntoItsRange) {
  place({0xA1, 0xFE, 0x3F, 0, 0, 0xA0, 0x00, 0x41, 0, 0, 0xF4});
  watch_memory(FAULTLINE_READ, 0x4000, 0x40FF);
  run();
  ASSERT_EQ(accesses.size(), 1u);
  EXPECT_EQ(accesses[0].address, 0x3FFEu);
}

TEST_F(Hooked, FetchesAreInstructions) {
  place({0xB9, 0x44, 0x33, 0x22, 0x11, 0xF4});
  watch_memory(FAULTLINE_FETCH);
  run();
  ASSERT_EQ(accesses.size(), 2u);
  EXPECT_EQ(accesses[0].kind, uint32_t{FAULTLINE_FETCH});
  EXPECT_EQ(accesses[0].size, 5u);
  EXPECT_EQ(accesses[0].value, 0x223344B9u);
  EXPECT_EQ(accesses[1].value, 0xF4u);
}

TEST_F(Hooked, AnInterruptCanBeTakenAway) {
  place({0xB8, 4, 0, 0, 0, 0xCD, 0x80, 0x41, 0xF4});  // mov eax, 4; int 80h; inc ecx; hlt
  on_interrupt = [this](const faultline_interrupt& interrupt, uint32_t& resume) {
    EXPECT_EQ(interrupt.vector, 0x80);
    EXPECT_EQ(interrupt.external, 0);
    EXPECT_EQ(interrupt.has_error_code, 0);
    EXPECT_EQ(interrupt.return_eip, code_at + 7);
    EXPECT_EQ(resume, code_at + 7);
    EXPECT_EQ(faultline_write_register(engine, FAULTLINE_EIP, 0), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_write_register(engine, FAULTLINE_CS, 0), FAULTLINE_ERROR_RUNNING);
    EXPECT_EQ(faultline_write_register(engine, FAULTLINE_CR3, 0), FAULTLINE_ERROR_RUNNING);
    set(FAULTLINE_EAX, get(FAULTLINE_EAX) * 10);
    return 1;
  };
  watch_interrupts();
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(get(FAULTLINE_EAX), 40u);
  EXPECT_EQ(get(FAULTLINE_ECX), 1u);
}

TEST_F(Hooked, AFaultCanBeTakenAwayAndItsInstructionPassedOver) {
  place({0xF7, 0xF1, 0x40, 0xF4});  // div ecx (0); inc eax; hlt
  unsigned calls = 0;
  on_interrupt = [&](const faultline_interrupt& interrupt, uint32_t& resume) {
    ++calls;
    EXPECT_EQ(interrupt.vector, 0);
    EXPECT_EQ(interrupt.return_eip, code_at);
    resume += 2;
    return 1;
  };
  watch_interrupts();
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(get(FAULTLINE_EAX), 1u);
  EXPECT_EQ(calls, 1u);
}

TEST_F(Hooked, AnInterruptThatIsLetThroughGoesToTheIdt) {
  place({0xCD, 0x21});
  std::vector<int> vectors;
  on_interrupt = [&](const faultline_interrupt& interrupt, uint32_t&) {
    vectors.push_back(interrupt.vector);
    EXPECT_EQ(interrupt.has_error_code, vectors.size() > 1);
    return 0;
  };
  watch_interrupts();
  EXPECT_EQ(faultline_write_table(engine, FAULTLINE_IDTR, 0, 0), FAULTLINE_OK);
  EXPECT_EQ(run(), FAULTLINE_STOP_SHUTDOWN);
  EXPECT_EQ(vectors, (std::vector<int>{0x21, 13, 8}));  // #GP, and #DF of it
}

TEST_F(Hooked, PortsAnswerByTheirRange) {
  std::vector<uint32_t> out;
  faultline_hook writes = 0;
  ASSERT_EQ(faultline_hook_port_read(
                engine, 0x60, 0x64,
                [](faultline_engine*, uint16_t port, uint32_t size, void*) -> uint32_t {
                  return 0xABCD0000u + port * 16u + size;
                },
                nullptr, &hook),
            FAULTLINE_OK);
  ASSERT_EQ(faultline_hook_port_write(
                engine, 0xE9, 0xE9,
                [](faultline_engine*, uint16_t, uint32_t size, uint32_t value, void* user) {
                  static_cast<std::vector<uint32_t>*>(user)->push_back(value << 4 | size);
                },
                &out, &writes),
            FAULTLINE_OK);
  place({0xE5, 0x61, 0xE6, 0xE9, 0xE7, 0xEA, 0xE4, 0x70, 0xF4});
  run();
  EXPECT_EQ(get(FAULTLINE_EAX), 0xABCD06FFu);  // the last, of one byte, by nobody
  EXPECT_EQ(out, std::vector<uint32_t>{0x141});
  EXPECT_EQ(faultline_unhook(engine, writes), FAULTLINE_OK);
  run();
  EXPECT_EQ(out.size(), 1u);
}

TEST_F(Hooked, AHookMayRemoveItself) {
  place({0x40, 0x40, 0xF4});
  unsigned calls = 0;
  on_code = [&](uint32_t, uint32_t) {
    ++calls;
    EXPECT_EQ(faultline_unhook(engine, hook), FAULTLINE_OK);
    EXPECT_EQ(faultline_unhook(engine, hook), FAULTLINE_ERROR_HOOK);
    hook = 0;
  };
  watch_code();
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(calls, 1u);
}

TEST_F(Hooked, RefusesSenselessHooks) {
  faultline_hook none = 0;
  const auto code = [](faultline_engine*, uint32_t, uint32_t, void*) {};
  const auto memory = [](faultline_engine*, const faultline_access*, void*) {};
  EXPECT_EQ(faultline_hook_code(nullptr, FAULTLINE_EVERYWHERE, code, nullptr, &none),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_hook_code(engine, FAULTLINE_EVERYWHERE, nullptr, nullptr, &none),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_hook_code(engine, FAULTLINE_EVERYWHERE, code, nullptr, nullptr),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_hook_code(engine, 2, 1, code, nullptr, &none), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_hook_memory(engine, 0, FAULTLINE_EVERYWHERE, memory, nullptr, &none),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_hook_memory(engine, 8, FAULTLINE_EVERYWHERE, memory, nullptr, &none),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_hook_fault(engine, FAULTLINE_EVERYWHERE, nullptr, nullptr, &none),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_hook_interrupt(engine, nullptr, nullptr, &none), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_hook_port_read(engine, 0, 1, nullptr, nullptr, &none),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_hook_port_write(engine, 0, 1, nullptr, nullptr, &none),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(none, 0u);
  EXPECT_EQ(faultline_unhook(engine, 12345), FAULTLINE_ERROR_HOOK);
  EXPECT_EQ(faultline_unhook(engine, 0), FAULTLINE_ERROR_HOOK);
  EXPECT_EQ(faultline_unhook(nullptr, 1), FAULTLINE_ERROR_ARGUMENT);
}

}  // namespace
}  // namespace faultline::test
