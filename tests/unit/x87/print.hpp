// How the tests write x87 values when they differ.
#pragma once

#include <ostream>

#include "cpu/x87/arithmetic.hpp"

namespace faultline::x87 {

inline std::ostream& operator<<(std::ostream& out, const Extended& x) {
  char text[32];
  std::snprintf(text, sizeof text, "%04x:%016llx", x.sign_exponent,
                static_cast<unsigned long long>(x.significand));
  return out << text;
}
template <class T>
std::ostream& operator<<(std::ostream& out, const Rounded<T>& r) {
  return out << '{' << std::hex << r.value << " exceptions " << r.exceptions
             << (r.rounded_up ? " up}" : "}");
}

}  // namespace faultline::x87
