// Starts the helper, shares a file with it, speaks one byte each way.
#include "tests/native/silicon.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace faultline::native {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

/// In the child: the two descriptors at their places and nothing else, then the helper.
[[noreturn]] void become_helper(int file, int socket) {
  // Through high numbers, so that neither lands on the other.
  const int high_file = fcntl(file, F_DUPFD, 64), high_socket = fcntl(socket, F_DUPFD, 64);
  if (high_file < 0 || high_socket < 0 || dup2(high_file, shared_file) < 0 ||
      dup2(high_socket, socket_file) < 0) {
    _exit(2);
  }
  for (int other = socket_file + 1; other < 128; ++other) close(other);
  char* const arguments[] = {const_cast<char*>(NATIVE_HELPER), nullptr};
  char* const environment[] = {nullptr};
  execve(NATIVE_HELPER, arguments, environment);
  _exit(errno == ENOEXEC ? 126 : 127);
}

}  // namespace

Silicon::~Silicon() {
  if (socket_ >= 0) close(socket_);  // the helper reads an end and exits
  if (child_ > 0) waitpid(child_, nullptr, 0);
  if (shared_ != nullptr) munmap(shared_, sizeof(Shared));
}

bool Silicon::order(u8 command, u8& answer) {
  return send(socket_, &command, 1, MSG_NOSIGNAL) == 1 && recv(socket_, &answer, 1, 0) == 1;
}

std::string Silicon::end_of_helper() {
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  if (WIFSIGNALED(status))
    return std::string("the 32-bit helper was ended by ") + strsignal(WTERMSIG(status));
  if (WEXITSTATUS(status) == 126) return "this kernel runs no 32-bit programs";
  return "the 32-bit helper ended with status " + std::to_string(WEXITSTATUS(status));
}

std::string Silicon::start(const Layout& layout) {
  if (*NATIVE_HELPER == 0) return "the compiler cannot build 32-bit programs (-m32)";
  const int file = memfd_create("faultline-native", MFD_CLOEXEC);
  if (file < 0 || ftruncate(file, sizeof(Shared)) != 0) fail("the shared file");
  void* at = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (at == MAP_FAILED) fail("mapping the shared file");
  shared_ = static_cast<Shared*>(at);
  shared_->regions = static_cast<u32>(layout.regions.size());
  shared_->entries = static_cast<u32>(layout.segments.size());
  std::ranges::copy(layout.regions, shared_->region);
  std::ranges::copy(layout.segments, shared_->segment);
  shared_->data_address = layout.data_address;
  shared_->code_first = layout.code_first;
  shared_->code_size = layout.code_size;
  shared_->filler = layout.filler;

  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
  child_ = fork();
  if (child_ < 0) fail("fork");
  if (child_ == 0) become_helper(file, ends[1]);
  close(file);
  close(ends[1]);
  socket_ = ends[0];
  u8 failed = 0;
  if (!order(set_up, failed)) return end_of_helper();
  if (failed == 0) return "";
  return "modify_ldt refuses segment " + std::to_string(failed) + ": " +
         std::strerror(-shared_->result[failed]);
}

void Silicon::run(u32 count) {
  shared_->slots = count;
  u8 answer;
  if (!order(run_batch, answer)) throw std::runtime_error(end_of_helper());
}

}  // namespace faultline::native
