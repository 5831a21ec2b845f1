// posix_spawn with a pipe, and plain sockets.
#include "tests/boot/background.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

extern char** environ;

namespace faultline::tests {

Background::Background(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"timeout", "--kill-after=5", FAULTLINE_TIME_LIMIT,
                                    FAULTLINE_COMMAND};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int pipe[2];
  EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 2);
  EXPECT_EQ(posix_spawnp(&child_, "timeout", &actions, nullptr, pointers.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[1]);
  errors_ = pipe[0];
}

Background::~Background() {
  if (child_ > 0) kill(child_, SIGTERM);
  wait();
  close(errors_);
}

std::string Background::line() {
  std::string line;
  char c = 0;
  while (read(errors_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

std::string Background::rest() {
  std::string text;
  char c = 0;
  while (read(errors_, &c, 1) == 1) text += c;
  return text;
}

int Background::wait() {
  int status = 0;
  if (child_ <= 0 || waitpid(child_, &status, 0) != child_) return -1;
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Client::Client(unsigned port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

Client::~Client() { close(socket_); }

bool Client::send(const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::send(socket_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

std::string Client::until(const std::string& end) {
  std::string text;
  pollfd ready{socket_, POLLIN, 0};
  char c = 0;
  while (!text.ends_with(end) && poll(&ready, 1, 60'000) > 0 && recv(socket_, &c, 1, 0) == 1)
    text += c;
  return text;
}

}  // namespace faultline::tests
