// Sockets and pipes by poll().
#include "app/gdb_stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "app/exit_code.hpp"
#include "app/terminal.hpp"

namespace faultline::app {
namespace {

constexpr int reader_patience = 60'000;  // ms: whoever reads nothing for so long is gone

/// What poll() says of one descriptor: below 0, it failed or a signal came.
int wait_for(int descriptor, short events, int milliseconds) {
  pollfd ready{descriptor, events, 0};
  for (;;) {
    if (pending_signal() != 0) return -1;
    const int count = ::poll(&ready, 1, milliseconds);
    if (count >= 0 || errno != EINTR) return count;
  }
}

struct Addresses {
  addrinfo* first = nullptr;
  ~Addresses() {
    if (first != nullptr) freeaddrinfo(first);
  }
};

std::string name_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host, sizeof host, port, sizeof port,
              NI_NUMERICHOST | NI_NUMERICSERV);
  const bool v6 = std::strchr(host, ':') != nullptr;
  return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace

DescriptorStream::~DescriptorStream() {
  if (!owned_) return;
  close(in_);
  if (out_ != in_) close(out_);
}

std::optional<std::size_t> DescriptorStream::read(std::span<arch::u8> to, int milliseconds) {
  const int ready = wait_for(in_, POLLIN, milliseconds);
  if (ready < 0) return std::nullopt;
  if (ready == 0) return 0;
  const ssize_t count = ::read(in_, to.data(), to.size());
  if (count > 0) return static_cast<std::size_t>(count);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  return std::nullopt;
}

bool DescriptorStream::write(std::span<const arch::u8> bytes) {
  while (!bytes.empty()) {
    if (wait_for(out_, POLLOUT, reader_patience) <= 0) return false;
    // So much a pipe takes without blocking once it is ready; a socket does not block.
    const ssize_t count =
        ::write(out_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (count > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      return false;
    }
  }
  return true;
}

GdbListener::GdbListener(const std::string& host, unsigned short port) {
  const std::string number = std::to_string(port);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  Addresses found;
  const int error = getaddrinfo(host.c_str(), number.c_str(), &wanted, &found.first);
  if (error != 0) throw InputError(fmt::format("--gdb {}: {}", host, gai_strerror(error)));
  for (const addrinfo* a = found.first; a != nullptr && socket_ < 0; a = a->ai_next) {
    socket_ = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
    if (socket_ < 0) continue;
    const int on = 1;
    setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(socket_, a->ai_addr, a->ai_addrlen) == 0 && listen(socket_, 1) == 0) continue;
    const int reason = errno;
    close(std::exchange(socket_, -1));
    errno = reason;
  }
  if (socket_ < 0) {
    throw InputError(
        fmt::format("--gdb: cannot listen at {}:{}: {}", host, port, std::strerror(errno)));
  }
  address_ = name_of(socket_);
}

GdbListener::~GdbListener() { close(socket_); }

bool GdbListener::pending() const { return wait_for(socket_, POLLIN, 0) > 0; }

std::unique_ptr<gdb::ByteStream> GdbListener::accept() const {
  for (;;) {
    if (wait_for(socket_, POLLIN, -1) < 0) return nullptr;
    const int connection = accept4(socket_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) continue;  // gone again
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return std::make_unique<DescriptorStream>(connection, connection, true);
  }
}

}  // namespace faultline::app
