# Writes the one line that picks the x87 arithmetic, and finds MPFR.
include(CheckCXXSourceCompiles)
check_cxx_source_compiles("int main() { asm volatile(\"fnclex\" : : : \"st\"); }" HOST_HAS_X87)
if(HOST_HAS_X87)
  set(X87_ARITHMETIC host)
  set(X87_ARITHMETIC_TYPE HostArithmetic)
else()
  set(X87_ARITHMETIC mpfr)
  set(X87_ARITHMETIC_TYPE MpfrArithmetic)
endif()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/cpu/x87/arithmetic_selected.hpp CONTENT
"// Generated: what this host's processor offers.
#pragma once

#include \"cpu/x87/${X87_ARITHMETIC}_arithmetic.hpp\"

namespace faultline::x87 {
using SelectedArithmetic = ${X87_ARITHMETIC_TYPE};
}
")

find_path(MPFR_INCLUDE_DIR mpfr.h REQUIRED)
find_library(MPFR_LIBRARY mpfr REQUIRED)
find_library(GMP_LIBRARY gmp REQUIRED)
add_library(mpfr INTERFACE)
target_include_directories(mpfr SYSTEM INTERFACE ${MPFR_INCLUDE_DIR})
target_link_libraries(mpfr INTERFACE ${MPFR_LIBRARY} ${GMP_LIBRARY})
