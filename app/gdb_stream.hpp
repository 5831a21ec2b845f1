// gdb's line: a TCP connection, or standard input and output.
#pragma once

#include <memory>
#include <string>

#include "debugger/gdb/byte_stream.hpp"

namespace faultline::app {

/// Two descriptors. A signal that asks the process to end closes the line.
class DescriptorStream final : public gdb::ByteStream {
 public:
  /// Closes them at the end if they are `owned`.
  DescriptorStream(int in, int out, bool owned) : in_(in), out_(out), owned_(owned) {}
  ~DescriptorStream() override;
  DescriptorStream(const DescriptorStream&) = delete;
  DescriptorStream& operator=(const DescriptorStream&) = delete;
  std::optional<std::size_t> read(std::span<arch::u8> to, int milliseconds) override;
  bool write(std::span<const arch::u8> bytes) override;

 private:
  int in_, out_;
  bool owned_;
};

/// Waits at HOST:PORT. On this machine alone unless the address says otherwise.
class GdbListener {
 public:
  /// Throws InputError when nobody can listen there.
  GdbListener(const std::string& host, unsigned short port);
  ~GdbListener();
  GdbListener(const GdbListener&) = delete;
  GdbListener& operator=(const GdbListener&) = delete;

  /// Where it listens: the port is a real one even if 0 was asked for.
  const std::string& address() const { return address_; }
  /// Somebody wants to connect.
  bool pending() const;
  /// Waits for a connection; null when a signal asks the process to end.
  std::unique_ptr<gdb::ByteStream> accept() const;

 private:
  int socket_ = -1;
  std::string address_;
};

}  // namespace faultline::app
