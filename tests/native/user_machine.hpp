// Our interpreter behind the interface of the comparison, with every user instruction of the table:
// in ring 3 with the same address space and LDT as the helper. Every exception enters a handler
// that halts; its frame is the event.
#pragma once

#include "tests/native/layout.hpp"
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::native {

class UserMachine {
 public:
  UserMachine();
  /// The 64 KB at the arena, to change outside the code.
  u8* memory() { return memory_; }
  /// Runs the slot's code from its context on the memory as it is. Fills in what became of it;
  /// leaves the slot's data alone.
  void run(Slot& slot);

 private:
  void place_code(const Slot& slot);

  test::ProtectedMachine machine_{"compat"};
  u8* const memory_ = machine_.memory.host_page_for_write({arena});  // before any is code
  std::vector<DescriptorCache> local_{};                             // by index of the LDT
  std::array<u8, slot_code> code_{};                                 // what lies at `code_address_`
  u32 code_address_ = arena + differential::code_start;
};

}  // namespace faultline::native
