// Predecoded basic blocks, keyed by physical address, and their invalidation by stores.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <unordered_map>
#include <vector>

#include "cpu/decode/decoder.hpp"
#include "mmu/physical_memory.hpp"

namespace faultline {

/// The sentinel after a block's last instruction; its handler leaves the block. It remembers where
/// near jumps out of the block have led inside the granule. A link holds while no block was dropped
/// and the limit of CS is the same: while the epoch is.
struct BlockEnd : Instruction {
  struct Link {
    const Instruction* first = nullptr;
    u32 distance = 0;  // EIP of the target less EIP of this block's first byte
    u32 epoch = 0;
    u32 reach = 0;  // of the target's block
  };
  mutable Link links[2]{};
  PhysicalAddress start{};
  DecodeMode mode{};
};

/// A run of instructions inside one 4 KB granule, ended by a form that EndsBlock, an undecodable
/// one, the granule or the size limit, and by a BlockEnd.
struct Block {
  static constexpr unsigned max_instructions = 32;

  PhysicalAddress start{};
  u32 bytes = 0;
  u32 reach = 0;  // clocks that it takes at most, but for what Clock::advance is told
  DecodeMode mode{};
  std::unique_ptr<std::byte[]> memory{};  // the instructions, then the BlockEnd
  std::size_t room = 0;                   // bytes of `memory`

  const Instruction* first() const {
    return std::launder(reinterpret_cast<const Instruction*>(memory.get()));
  }
};

/// One instruction that runs by itself, outside every block.
struct LoneInstruction {
  Instruction instruction{};
  BlockEnd end{};
};
static_assert(sizeof(LoneInstruction) == sizeof(Instruction) + sizeof(BlockEnd));

/// Owns the blocks of one core. Coherent with memory: a store that touches a block's bytes drops
/// it at once; the block being executed stays allocated until collect().
class BlockCache {
 public:
  explicit BlockCache(PhysicalMemory& memory);

  const Block* find(PhysicalAddress start, DecodeMode mode) const {
    const Block* block = slots_[slot(start)];
    return block != nullptr && block->start == start && block->mode == mode ? block : nullptr;
  }
  /// A new block of a copy of `instructions`, which occupy `bytes`; `leave` is its end's handler.
  const Block* insert(PhysicalAddress start, u32 bytes, DecodeMode mode,
                      std::span<const Instruction> instructions, Handler leave);
  /// Drops the blocks that overlap [address, address + bytes). True when there were any.
  bool invalidate(PhysicalAddress address, unsigned bytes);
  void clear();
  /// More blocks than a guest needs: time to clear(), lest it fill the host's memory with them.
  bool full() const { return count_ > most_blocks; }
  /// Frees dropped blocks, or keeps them for insert(); not to be called while one of them runs.
  void collect() {
    if (!dropped_.empty()) reuse_dropped();
  }
  /// Links made in another epoch hold no more. Never 0.
  u32 epoch() const { return epoch_; }
  void end_epoch();

 private:
  static constexpr unsigned slot_count = 1u << 14;
  static constexpr unsigned most_blocks = 4 * slot_count;
  static constexpr u32 last_epoch = ~u32{0};
  static unsigned slot(PhysicalAddress start) {
    return (start.value ^ start.value >> 12) & (slot_count - 1);
  }
  using GranuleBlocks = std::vector<std::unique_ptr<Block>>;
  static constexpr unsigned most_spare = 64;
  void drop(std::unique_ptr<Block> block);
  void reuse_dropped();
  std::unique_ptr<Block> block_with_room(std::size_t bytes);

  PhysicalMemory& memory_;
  std::vector<const Block*> slots_;
  std::unordered_map<u32, GranuleBlocks> by_granule_;
  std::vector<std::unique_ptr<Block>> dropped_;
  std::vector<std::unique_ptr<Block>> spare_;  // code that is patched is soon decoded again
  unsigned count_ = 0;
  u32 epoch_ = 1;
};

}  // namespace faultline
