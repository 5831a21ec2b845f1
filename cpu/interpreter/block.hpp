// Predecoded basic blocks, keyed by physical address, and their invalidation by stores.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "cpu/decode/decoder.hpp"
#include "mmu/physical_memory.hpp"

namespace faultline {

/// A run of instructions inside one 4 KB granule, ended by a form that EndsBlock, an undecodable
/// one, the granule or the size limit. After the last comes a sentinel whose handler leaves.
struct Block {
  static constexpr unsigned max_instructions = 32;

  PhysicalAddress start{};
  u32 bytes = 0;
  DecodeMode mode{};
  const Instruction* instructions = nullptr;
  std::unique_ptr<Instruction[]> owned{};

  const Instruction* first() const { return instructions; }
};

/// A block over instructions that somebody else keeps.
inline Block borrowed_block(const Instruction* instructions) {
  Block block;
  block.bytes = 1;
  block.instructions = instructions;
  return block;
}

/// Owns the blocks of one core. Coherent with memory: a store that touches a block's bytes drops
/// it at once; the block being executed stays allocated until collect().
class BlockCache {
 public:
  explicit BlockCache(PhysicalMemory& memory);

  const Block* find(PhysicalAddress start, DecodeMode mode) const {
    const Block* block = slots_[slot(start)];
    return block != nullptr && block->start == start && block->mode == mode ? block : nullptr;
  }
  /// A new block of a copy of `instructions`, sentinel included.
  const Block* insert(PhysicalAddress start, u32 bytes, DecodeMode mode,
                      std::span<const Instruction> instructions);
  /// Drops the blocks that overlap [address, address + bytes). True when there were any.
  bool invalidate(PhysicalAddress address, unsigned bytes);
  void clear();
  /// More blocks than a guest needs: time to clear(), lest it fill the host's memory with them.
  bool full() const { return count_ > most_blocks; }
  /// Frees dropped blocks; not to be called while one of them runs.
  void collect() { dropped_.clear(); }

 private:
  static constexpr unsigned slot_count = 1u << 14;
  static constexpr unsigned most_blocks = 4 * slot_count;
  static unsigned slot(PhysicalAddress start) {
    return (start.value ^ start.value >> 12) & (slot_count - 1);
  }
  using GranuleBlocks = std::vector<std::unique_ptr<Block>>;
  void drop(std::unique_ptr<Block> block);

  PhysicalMemory& memory_;
  std::vector<const Block*> slots_;
  std::unordered_map<u32, GranuleBlocks> by_granule_;
  std::vector<std::unique_ptr<Block>> dropped_;
  unsigned count_ = 0;
};

}  // namespace faultline
