// A file of zeros that ends with the test.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace faultline {

class TemporaryFile {
 public:
  explicit TemporaryFile(std::uintmax_t size) {
    path_ = (std::filesystem::temp_directory_path() / "faultline_XXXXXX").string();
    const int descriptor = ::mkstemp(path_.data());
    if (descriptor < 0) std::abort();
    ::close(descriptor);
    std::filesystem::resize_file(path_, size);
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace faultline
