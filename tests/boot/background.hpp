// A faultline command that goes on while the test talks with it.
#pragma once

#include <string>
#include <vector>

namespace faultline::tests {

class Background {
 public:
  explicit Background(const std::vector<std::string>& arguments);
  /// Ends it if it has not ended.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// The next line on its standard error; empty when there is none any more.
  std::string line();
  /// Waits for its end; the exit status, or 128 and the signal.
  int wait();
  /// All that is left on its standard error.
  std::string rest();

 private:
  int child_ = -1, errors_ = -1;
};

/// A client of a TCP port of this host.
class Client {
 public:
  explicit Client(unsigned port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// False when the other end is gone.
  bool send(const std::string& bytes);
  /// Up to `end`, or up to the end of the line, or what came in a minute.
  std::string until(const std::string& end);

 private:
  int socket_ = -1;
};

}  // namespace faultline::tests
