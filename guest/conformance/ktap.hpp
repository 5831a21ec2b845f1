// The results of a conformance program as KTAP version 1: a plan first, then a line a test, and
// what was expected and seen where a check failed. A program is a table of tests handed to
// ktap::run.
#pragma once

#include <type_traits>

#include "guest/conformance/ktap_output.hpp"

namespace ktap {

/// Text in an array or behind a pointer.
template <class T>
inline constexpr bool is_text =
    std::is_pointer_v<std::decay_t<T>> &&
    std::is_same_v<std::remove_cv_t<std::remove_pointer_t<std::decay_t<T>>>, char>;

/// What a test function makes its checks with. Values are integers, enumerations, pointers or bool;
/// `expected` is a literal. After each check GetLastError is `untouched`, so that no code left
/// behind by an earlier call passes for a later one's.
class Test {
 public:
  /// `seen` is `expected`.
  template <class Seen, class Expected>
    requires(!is_text<Seen>)
  bool equal(const char* what, const Seen& seen, const Expected& expected) {
    return judge(what, to_value(seen), to_value(expected));
  }
  bool equal(const char* what, const char* seen, const char* expected);
  /// `holds` is true.
  bool expect(const char* what, bool holds) { return equal(what, holds, true); }
  /// The call made just now returned something other than 0.
  template <class Result>
  bool succeeds(const char* what, const Result& result) {
    return judge_call(what, is_nonzero(result), GetLastError(), 0);
  }
  /// The call made just now returned 0 and left `error` behind. The handle that stands for a
  /// failure of CreateFile counts as 0, too.
  template <class Result>
  bool fails(const char* what, const Result& result, DWORD error) {
    return judge_call(what, is_nonzero(result), GetLastError(), error);
  }
  /// The test can't be made here; `reason` says why. What was checked before still counts.
  void skip(const char* reason) { skipped_ = reason; }

  bool failed() const { return failed_; }
  const char* skipped() const { return skipped_; }

  static constexpr DWORD untouched = 0x2BADC0DE;

 private:
  template <class T>
  static Value to_value(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return {value, Value::Kind::Boolean};
    } else if constexpr (std::is_pointer_v<T>) {
      return {static_cast<unsigned long long>(reinterpret_cast<ULONG_PTR>(value)),
              Value::Kind::Pointer};
    } else if constexpr (std::is_null_pointer_v<T>) {
      return {0, Value::Kind::Pointer};
    } else if constexpr (std::is_enum_v<T>) {
      return to_value(static_cast<std::underlying_type_t<T>>(value));
    } else {
      // Numbers of up to 32 bits are compared as such, whatever their sign: -1 is 0xFFFFFFFF.
      static_assert(std::is_integral_v<T>, "a value to check is a number, a pointer or a text");
      if constexpr (sizeof(T) <= sizeof(DWORD)) {
        return {static_cast<DWORD>(value), Value::Kind::Number};
      } else {
        return {static_cast<unsigned long long>(value), Value::Kind::Number};
      }
    }
  }
  template <class Result>
  static bool is_nonzero(const Result& result) {
    const unsigned long long number = to_value(result).number;
    return number != 0 && !(std::is_same_v<Result, HANDLE> && number == 0xFFFFFFFF);
  }
  bool judge(const char* what, Value seen, Value expected);
  bool judge_call(const char* what, bool succeeded, DWORD seen_error, DWORD expected_error);

  bool failed_ = false;
  const char* skipped_ = nullptr;
};

/// One line of the plan. The name begins with the item of the checklist, if any: "F5 70 KB are 18
/// pages of 4 KB". It is unique in its program and has no '#'.
struct Case {
  const char* name;
  void (*run)(Test&);
};

/// Makes all tests in order; returns the program's exit code, 0 when none failed, else 1.
int run(const Case* cases, unsigned count);
template <unsigned count>
int run(const Case (&cases)[count]) {
  return run(cases, count);
}

/// The page size of this machine, for literals that depend on it: `by_page_size(18, 9)`.
DWORD page_size();
template <class T>
T by_page_size(T on_4_kb, T on_8_kb) {
  return page_size() == 4096 ? on_4_kb : on_8_kb;
}

/// A line of its own that counts for nothing: note("the heap is at ", crt::hex(heap)).
template <class... Items>
void note(const Items&... items) {
  crt::print("# ", items..., "\n");
}

}  // namespace ktap
