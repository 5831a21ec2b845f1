// Runs cases on ours and on the host's processor in batches and collects the differences.
#pragma once

#include <functional>
#include <string>

#include "tests/native/silicon.hpp"
#include "tests/native/user_machine.hpp"

namespace faultline::native {

/// What is compared of a case.
struct Scope {
  u32 eflags = 0x0007FFFF;          // up to AC
  u32 error = ~u32{0x10};           // not the fetch bit of a #PF, which came with NX
  bool registers = true;            // false: the result is undefined, only the end is compared
  bool loads_partly = false;        // when it ends with #SS or #PF, registers but ESP may be loaded
  bool stores_partly = false;       // a fault may have stored what a far call pushes
  unsigned undefined_register = 0;  // a general register, and the bits of it not compared
  u32 undefined_bits = 0;
  u32 memory = 0, bytes = 0;  // offset in the data of bytes not compared
};

class Comparison {
 public:
  /// An empty string, or why nothing can be compared here.
  std::string start() { return silicon_.start(layout()); }
  u8* memory() { return ours_.memory(); }
  u8* data() { return memory() + differential::data_first; }

  /// Runs the case on ours, and later on the host. The code goes to where CS:EIP points, the data
  /// are as they lie in memory().
  void add(const Context& before, std::span<const u8> code, const Scope& scope);
  /// Runs what is pending on the host.
  void flush();

  /// How many cases there were, and how the host ended them: "500 cases: 20 #0, 480 #13".
  std::string summary() const;

  u64 cases = 0;
  u64 differences = 0;
  std::string first{};            // the first difference since the last clear(), described
  std::array<u64, 32> vectors{};  // how many cases the host ended with each
  void clear() { differences = 0, first.clear(); }

 private:
  /// The host is asked again about a difference: under a hypervisor a fault that meets an interrupt
  /// may come without RF. What it does not repeat is no answer.
  static constexpr unsigned repetitions = 3;

  std::string describe(u32 index);
  bool same(u32 index);

  Silicon silicon_{};
  UserMachine ours_{};
  u32 pending_ = 0;
  std::vector<Slot> before_ = std::vector<Slot>(slot_count), after_ = before_;
  std::vector<Scope> scope_ = std::vector<Scope>(slot_count);
};

/// Cases a row of the plainest test: FAULTLINE_NATIVE_CASES of the environment, or 300. The others
/// take a part or a multiple of it.
unsigned case_count();

}  // namespace faultline::native
