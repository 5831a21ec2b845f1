#include "cpu/interpreter/block.hpp"

#include <algorithm>

namespace faultline {

BlockCache::BlockCache(PhysicalMemory& memory) : memory_(memory), slots_(slot_count, nullptr) {}

const Block* BlockCache::insert(PhysicalAddress start, u32 bytes, DecodeMode mode,
                                std::span<const Instruction> instructions) {
  auto block = std::make_unique<Block>();
  block->start = start;
  block->bytes = bytes;
  block->mode = mode;
  block->owned = std::make_unique<Instruction[]>(instructions.size());
  std::ranges::copy(instructions, block->owned.get());
  block->instructions = block->owned.get();
  const Block* raw = block.get();
  slots_[slot(raw->start)] = raw;
  const u32 granule = memory_.granule_of(raw->start);
  GranuleBlocks& blocks = by_granule_[granule];
  if (blocks.empty()) memory_.watch_code(granule);
  // A block pushed out of its slot is found no more; its successor of the same key replaces it.
  auto same = std::find_if(blocks.begin(), blocks.end(), [raw](const auto& old) {
    return old->start == raw->start && old->mode == raw->mode;
  });
  if (same == blocks.end()) {
    blocks.push_back(std::move(block));
    ++count_;
  } else {
    std::swap(*same, block);
    dropped_.push_back(std::move(block));
  }
  return raw;
}

void BlockCache::drop(std::unique_ptr<Block> block) {
  const Block*& cell = slots_[slot(block->start)];
  if (cell == block.get()) cell = nullptr;
  --count_;
  dropped_.push_back(std::move(block));
}

bool BlockCache::invalidate(PhysicalAddress address, unsigned bytes) {
  const u32 granule = memory_.granule_of(address);
  auto found = by_granule_.find(granule);
  if (found == by_granule_.end()) return false;
  constexpr u32 in_granule = PhysicalMemory::granule_size - 1;
  const u32 low = address.value & in_granule, high = low + bytes;
  bool any = false;
  for (auto& block : found->second) {
    const u32 start = block->start.value & in_granule;
    if (start < high && low < start + block->bytes) {
      drop(std::move(block));
      any = true;
    }
  }
  std::erase(found->second, nullptr);
  if (found->second.empty()) {
    by_granule_.erase(found);
    memory_.unwatch_code(granule);
  }
  return any;
}

void BlockCache::clear() {
  for (auto& [granule, blocks] : by_granule_) {
    for (auto& block : blocks) dropped_.push_back(std::move(block));
    memory_.unwatch_code(granule);
  }
  by_granule_.clear();
  count_ = 0;
  std::fill(slots_.begin(), slots_.end(), nullptr);
}

}  // namespace faultline
