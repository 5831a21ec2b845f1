# Writes the one line that picks the paging scheme.
if(PAGING STREQUAL "i386")
  set(PAGING_TYPE PagingI386)
  set(PAGE_SIZE_BYTES 4096)
elseif(PAGING STREQUAL "alpha")
  set(PAGING_TYPE PagingAlpha)
  set(PAGE_SIZE_BYTES 8192)
else()
  message(FATAL_ERROR "PAGING is '${PAGING}': it must be i386 or alpha")
endif()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/arch/paging_selected.hpp CONTENT
"// Generated from -DPAGING=${PAGING}.
#pragma once

#include \"arch/paging_${PAGING}.hpp\"

namespace arch {
using Paging = ${PAGING_TYPE};
}
")
