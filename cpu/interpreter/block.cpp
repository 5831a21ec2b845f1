#include "cpu/interpreter/block.hpp"

#include <algorithm>

namespace faultline {

BlockCache::BlockCache(PhysicalMemory& memory) : memory_(memory), slots_(slot_count, nullptr) {}

const Block* BlockCache::insert(PhysicalAddress start, u32 bytes, DecodeMode mode,
                                std::span<const Instruction> instructions, Handler leave) {
  auto block = block_with_room(instructions.size_bytes() + sizeof(BlockEnd));
  block->start = start;
  block->bytes = bytes;
  block->reach = instructions.back().elapsed + u32{instructions.front().components};
  block->mode = mode;
  std::uninitialized_copy(instructions.begin(), instructions.end(),
                          reinterpret_cast<Instruction*>(block->memory.get()));
  auto* end = new (block->memory.get() + instructions.size_bytes()) BlockEnd;
  end->execute = leave;
  end->start = start;
  end->mode = mode;
  const Block* raw = block.get();
  slots_[slot(raw->start)] = raw;
  const u32 granule = memory_.granule_of(raw->start);
  const auto [place, fresh] = by_granule_.try_emplace(granule);
  GranuleBlocks& blocks = place->second;
  if (fresh) memory_.watch_code(granule);
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
    end_epoch();
  }
  return raw;
}

std::unique_ptr<Block> BlockCache::block_with_room(std::size_t bytes) {
  std::unique_ptr<Block> block;
  if (!spare_.empty()) {
    block = std::move(spare_.back());
    spare_.pop_back();
    if (block->room >= bytes) return block;
  } else {
    block = std::make_unique<Block>();
  }
  block->memory.reset(new std::byte[bytes]);
  block->room = bytes;
  return block;
}

void BlockCache::reuse_dropped() {
  for (auto& block : dropped_)
    if (spare_.size() < most_spare) spare_.push_back(std::move(block));
  dropped_.clear();
}

void BlockCache::end_epoch() {
  if (epoch_ == last_epoch)  // the links of an epoch long ago must not come to life
    clear();
  else
    ++epoch_;
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
  // The watch outlives the last block until a store meets no block at all: code that is patched is
  // most often run again.
  if (found->second.empty()) {
    by_granule_.erase(found);
    memory_.unwatch_code(granule);
    return false;
  }
  std::erase(found->second, nullptr);
  if (any) end_epoch();
  return any;
}

void BlockCache::clear() {
  epoch_ = epoch_ == last_epoch ? 1 : epoch_ + 1;
  for (auto& [granule, blocks] : by_granule_) {
    for (auto& block : blocks) dropped_.push_back(std::move(block));
    memory_.unwatch_code(granule);
  }
  by_granule_.clear();
  count_ = 0;
  std::fill(slots_.begin(), slots_.end(), nullptr);
}

}  // namespace faultline
