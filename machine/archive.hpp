// Saving and loading by one list of fields: a class with state has a member template
// `archive(a)` that hands every field of it to `a`, in a fixed order.
#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <deque>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "arch/integers.hpp"

namespace faultline {

/// A snapshot that cannot be taken or used; the message says why, in one line.
struct SnapshotError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

template <class T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T>;

/// What both directions share: the walk through fields.
template <class Self>
class Archive {
 public:
  template <class... Fields>
  void operator()(Fields&... fields) {
    (field(fields), ...);
  }

 private:
  Self& self() { return static_cast<Self&>(*this); }
  template <class T>
  void field(T& value) {
    if constexpr (requires { value.archive(self()); }) {
      value.archive(self());
    } else {
      self().scalar(value);
    }
  }
  template <class T, std::size_t N>
  void field(T (&values)[N]) {
    for (T& value : values) field(value);
  }
  template <class T, std::size_t N>
  void field(std::array<T, N>& values) {
    for (T& value : values) field(value);
  }
  template <class T>
  void field(std::vector<T>& values) {
    sequence(values);
  }
  template <class T>
  void field(std::deque<T>& values) {
    sequence(values);
  }
  void field(std::string& text) { sequence(text); }
  template <class Values>
  void sequence(Values& values) {
    self().resize(values);
    for (auto& value : values) field(value);
  }
};

}  // namespace detail

/// Little-endian, without padding; lengths are 32 bits.
class ArchiveWriter : public detail::Archive<ArchiveWriter> {
 public:
  static constexpr bool loading = false;
  std::vector<arch::u8> bytes;

  template <detail::Scalar T>
  void scalar(const T& value) {
    arch::u8 raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes.insert(bytes.end(), raw, raw + sizeof(T));
  }
  template <class Values>
  void resize(const Values& values) {
    scalar(static_cast<arch::u32>(values.size()));
  }
  void raw(std::span<const arch::u8> data) { bytes.insert(bytes.end(), data.begin(), data.end()); }
  void require(bool, const char*) {}
};

/// Throws SnapshotError where the bytes end too early or make no sense.
class ArchiveReader : public detail::Archive<ArchiveReader> {
 public:
  static constexpr bool loading = true;
  explicit ArchiveReader(std::span<const arch::u8> bytes) : rest_(bytes) {}

  template <detail::Scalar T>
  void scalar(T& value) {
    const auto raw = take(sizeof(T));
    if constexpr (std::is_same_v<T, bool>) {
      require(raw[0] <= 1, "a yes or no");
      value = raw[0] != 0;
    } else {
      std::memcpy(&value, raw.data(), sizeof(T));
    }
  }
  template <class Values>
  void resize(Values& values) {
    arch::u32 size = 0;
    scalar(size);
    require(size <= rest_.size(), "a length");
    values.resize(size);
  }
  std::span<const arch::u8> take(std::size_t size) {
    require(size <= rest_.size(), "its end");
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  bool at_end() const { return rest_.empty(); }
  /// What a class says of a value that it could not work with.
  void require(bool holds, const char* what) {
    if (!holds) throw SnapshotError(std::string("the snapshot is damaged: ") + what + " is wrong");
  }

 private:
  std::span<const arch::u8> rest_;
};

static_assert(std::endian::native == std::endian::little);

}  // namespace faultline
