// What goes with a sent message to another thread. Of a message that carries memory the bytes are
// packed, because the receiver may have another address space; other messages keep their words.
#pragma once

#include "guest/user32/user32.hpp"

namespace user {

enum class Content : ULONG { Words, Text, CopyData, GetText };

struct PacketHeader {
  Content content;
  ULONG unicode;  // the sender's kind, for words within a process
  ULONG value;    // COPYDATASTRUCT::dwData
  ULONG pointer;  // 0 when the sender's pointer was null
};

/// A header with the bytes behind it, on the process heap.
class Packet {
 public:
  Packet() = default;
  ~Packet() { release(header_); }
  Packet(const Packet&) = delete;
  Packet& operator=(const Packet&) = delete;

  bool make(ULONG bytes) {
    header_ = static_cast<PacketHeader*>(allocate(sizeof(PacketHeader) + bytes));
    size_ = sizeof(PacketHeader) + bytes;
    return header_ != nullptr;
  }
  PacketHeader* operator->() const { return header_; }
  PVOID start() const { return header_; }
  UCHAR* bytes() const { return reinterpret_cast<UCHAR*>(header_ + 1); }
  ULONG byte_count() const { return size_ - sizeof(PacketHeader); }
  ULONG size() const { return size_; }

 private:
  PacketHeader* header_ = nullptr;
  ULONG size_ = 0;
};

}  // namespace user
