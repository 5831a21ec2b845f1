// The shadow is exact: two machines do the same million accesses, one of them without a shadow, and
// agree on every value, fault, clock and counter, on the whole TLB and on memory.
#include <gtest/gtest.h>

#include <random>
#include <tuple>
#include <vector>

#include "tests/unit/mmu/board.hpp"

namespace faultline {
namespace {

using namespace testing_support;

struct ScratchDevice : MmioDevice {
  u32 last = 0, accesses = 0;
  u32 mmio_read(u32 offset, unsigned) override { return ++accesses, last + offset; }
  void mmio_write(u32, unsigned, u32 value) override { ++accesses, last = value; }
};

struct LogListener : CodeListener {
  u64 digest = 0;
  void on_code_write(PhysicalAddress at, unsigned bytes) override {
    digest = digest * 1099511628211u + at.value * 8 + bytes;
  }
};

/// One step of a run: what is done, with every choice already made.
struct Step {
  u32 what, linear, value, extra;
  Privilege privilege;
};

/// What a step shows from outside.
struct Outcome {
  u32 value = 0;
  u32 fault_address = 0, error_code = no_fault;
  bool operator==(const Outcome&) const = default;
};

template <class P>
struct Machine : Board<P> {
  using B = Board<P>;
  static constexpr u32 tables = 3, pages = 40;
  ScratchDevice device;
  LogListener listener;
  u32 code_page = 1;  // the page the last fetch was from, and its frame
  u32 code_frame = 0;

  explicit Machine(bool shadow_off) {
    this->state.shadow_off = shadow_off;
    this->state.timing = {.walk_read = 3, .walk_update = 1000};
    this->memory.map_device({0xA0000}, 0x4000, device);
    const std::vector<u8> rom(0x2000, 0x5A);
    this->memory.map_rom({0xF0000}, rom);
    this->memory.add_listener(listener);
  }

  Outcome perform(const Step& step) {
    Outcome outcome;
    try {
      outcome.value = run(step);
    } catch (const Raised& raised) {
      outcome.fault_address = raised.fault.address.value;
      outcome.error_code = raised.fault.error_code;
    }
    return outcome;
  }

  u32 fetch(u32 linear, Privilege privilege) {
    const u32 page = linear & ~(B::page_size - 1);
    if (page != code_page || !this->mmu.code_page_is_mru({page}, privilege)) {
      code_page = 1;
      code_frame = this->mmu.translate_code({page}, privilege).value;
      code_page = page;
    }
    return this->memory.template read<u8>({code_frame + (linear - page)});
  }

  u32 run(const Step& s) {
    auto& mmu = this->mmu;
    auto& cr0 = this->state.registers.cr0;
    const LinearAddress at{s.linear};
    if (!this->state.registers.paging() && s.extra % 50 == 0) toggle_paging();
    if (s.what < 2500) return mmu.template read<u32>(at, s.privilege);
    if (s.what < 3200) return mmu.template read<u8>(at, s.privilege);
    if (s.what < 4800) return mmu.template write<u32>(at, s.value, s.privilege), 0;
    if (s.what < 5400) return mmu.template write<u16>(at, u16(s.value), s.privilege), 0;
    if (s.what < 6200) {
      const u32 old = mmu.template read_for_write<u32>(at, s.privilege);
      mmu.template write<u32>(at, old + 1, s.privilege);
      return old;
    }
    if (s.what < 9000) return fetch(s.linear, s.privilege);
    if (s.what < 9200) return mmu.probe_write(at, s.extra % 20000, s.privilege), 0;
    if (s.what < 9300) return mmu.probe_read(at, s.extra % 20000, s.privilege), 0;
    if (s.what < 9400) return mmu.flush_page(at), 0;
    if (s.what < 9410) return mmu.flush_all(), 0;
    if (s.what < 9430) return cr0 ^= cr0::WP, mmu.drop_shadow(), 0;
    if (s.what < 9440) return toggle_paging(), 0;
    if (s.what < 9460) return this->memory.watch_code(0x40 + s.extra % 64), 0;
    if (s.what < 9500) return this->memory.unwatch_code(0x40 + s.extra % 64), 0;
    if (s.what < 9504) return this->memory.set_a20(!this->memory.a20()), 0;
    if (s.what < 9530) return this->map_table(s.linear, 1 | s.extra % 8), 0;
    remap(s);  // with no flush: entries go stale
    return 0;
  }

  void toggle_paging() {
    this->state.registers.cr0 ^= cr0::PG;
    this->mmu.drop_shadow();
  }

  void remap(const Step& s) {
    static constexpr u32 special[] = {0xA0000, 0xF0000, 0x200000, 0xFFFFE000, 0x9E000};
    const u32 ram = 0x40000 + s.value % 32 * B::page_size;
    const u32 physical = s.extra % 16 == 0 ? special[s.value % 5] : ram;
    const u32 rights = s.extra / 16 % 8 | (s.extra / 128 % 4 != 0 ? 7 : 0);
    this->set_word(B::pte_at(s.linear), raw_entry<P>(rights, physical / B::page_size));
  }
};

template <class P>
class ShadowDifferential : public testing::Test {};
using Schemes = testing::Types<PagingI386, PagingAlpha>;
TYPED_TEST_SUITE(ShadowDifferential, Schemes);

/// The tags of a record of `page`, of an entry with these attributes.
void expect_permitted(const ShadowRecord& record, const TlbEntry& entry) {
  const u32 page = entry.page.value, none = ShadowRecord::no_page;
  for (const auto tag : {record.read_tag, record.write_tag, record.fetch_tag}) {
    for (unsigned privilege = 0; privilege < 2; ++privilege) {
      ASSERT_TRUE(tag[privilege] == page || tag[privilege] == none);
    }
  }
  if (record.read_tag[1] == page) {
    ASSERT_TRUE(entry.user) << std::hex << page;
  }
  if (record.fetch_tag[1] == page) {
    ASSERT_TRUE(entry.user) << std::hex << page;
  }
  if (record.write_tag[0] == page) {
    ASSERT_TRUE(entry.dirty) << std::hex << page;
  }
  if (record.write_tag[1] == page) {
    ASSERT_TRUE(entry.user && entry.writable && entry.dirty) << std::hex << page;
  }
}

void expect_empty(const ShadowRecord& record) {
  for (const auto tag : {record.read_tag, record.write_tag, record.fetch_tag}) {
    ASSERT_EQ(tag[0], ShadowRecord::no_page);
    ASSERT_EQ(tag[1], ShadowRecord::no_page);
  }
}

/// Records exist only while their entries do and permit no more; slots only of entries whose use
/// would change nothing. (docs/mmu.md, "The shadow")
template <class G>
void expect_law(const Tlb<G>& tlb, const HostShadow<G>& shadow, unsigned& records) {
  for (u32 slot = 0; slot < G::shadow_slots; ++slot) {
    const ShadowRecord& record = shadow.slot({slot << G::page_shift});
    if (record.read_tag[0] == ShadowRecord::no_page) {
      expect_empty(record);
      continue;
    }
    ++records;
    const TlbEntry* entry = tlb.probe({record.read_tag[0]});
    ASSERT_NE(entry, nullptr);
    const unsigned set = tlb.set_of(entry->page), way = tlb.way_of(*entry);
    ASSERT_TRUE(touch_is_idle(tlb.replacement(set), way));
    expect_permitted(record, *entry);
    ASSERT_EQ(record.addend, shadow.of_entry(set, way).addend);
  }
  for (unsigned set = 0; set < G::sets; ++set) {
    for (unsigned way = 0; way < G::ways; ++way) {
      const ShadowRecord& record = shadow.of_entry(set, way);
      if (record.read_tag[0] == ShadowRecord::no_page) continue;
      ASSERT_TRUE(tlb.entry(set, way).valid);
      expect_permitted(record, tlb.entry(set, way));
    }
  }
}

TYPED_TEST(ShadowDifferential, AMillionStepsAgree) {
  using M = Machine<TypeParam>;
  M fast(false), reference(true);
  std::mt19937 random(21064);
  unsigned records = 0, faults = 0;
  u32 recent[4] = {};
  for (u32 step = 0; step < 1000000; ++step) {
    // Locality: mostly one of four recent pages, so that the shadow is really used.
    u32& page = recent[random() % 4];
    if (random() % 16 == 0) {
      page = random() % M::tables * M::table_span + random() % M::pages * M::page_size;
    }
    const u32 offset =
        random() % 16 == 0 ? M::page_size - 1 - random() % 4 : random() % M::page_size;
    const Step s{static_cast<u32>(random() % 10000), page + offset, static_cast<u32>(random()),
                 static_cast<u32>(random()), random() % 3 == 0 ? U : S};
    if (step % 50000 == 0) {  // fresh tables: what went wrong in them does not pile up
      for (M* machine : {&fast, &reference}) {
        machine->memory.set_a20(true);
        machine->state.registers.cr0 = cr0::PE | cr0::PG;
        for (u32 table = 0; table < M::tables; ++table) {
          for (u32 number = 0; number < M::pages; ++number) {
            machine->map(table * M::table_span + number * M::page_size,
                         0x40000 + (table * M::pages + number) % 32 * M::page_size,
                         Present | Writable | User);
          }
        }
        machine->mmu.flush_all();
      }
    }
    const Outcome a = fast.perform(s), b = reference.perform(s);
    ASSERT_EQ(std::tie(a.value, a.fault_address, a.error_code),
              std::tie(b.value, b.fault_address, b.error_code))
        << "step " << step << " what " << s.what;
    ASSERT_EQ(fast.clock.now, reference.clock.now) << "step " << step;
    ASSERT_EQ(fast.mmu.counters(), reference.mmu.counters()) << "step " << step;
    ASSERT_TRUE(fast.state.tlb.data() == reference.state.tlb.data()) << "step " << step;
    ASSERT_TRUE(fast.state.tlb.instruction() == reference.state.tlb.instruction());
    faults += a.error_code != no_fault;
    if (step % 16 == 0 && fast.state.registers.paging()) {
      expect_law(fast.state.tlb.data(), fast.state.shadow.data(), records);
      expect_law(fast.state.tlb.instruction(), fast.state.shadow.instruction(), records);
      if (this->HasFatalFailure()) FAIL() << "the law is broken at step " << step;
    }
  }
  for (u32 at = 0; at < fast.memory.ram_size(); at += 4) {
    ASSERT_EQ(fast.word(at), reference.word(at)) << "memory differs at " << at;
  }
  EXPECT_EQ(fast.listener.digest, reference.listener.digest);
  EXPECT_EQ(fast.device.accesses, reference.device.accesses);
  // The run has been where it should.
  const TlbCounters counters = fast.mmu.counters();
  EXPECT_GT(records, 10000u);
  EXPECT_GT(faults, 10000u);
  EXPECT_GT(counters.data_misses, 10000u);
  EXPECT_GT(counters.instruction_misses, 5000u);
  EXPECT_GT(counters.evictions, 5000u);
  EXPECT_GT(counters.refreshes, 100u);
  EXPECT_GT(counters.data_hits(), 100000u);
  EXPECT_GT(fast.device.accesses, 100u);
  EXPECT_NE(fast.listener.digest, 0u);
}

}  // namespace
}  // namespace faultline
