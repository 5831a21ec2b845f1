# Builds firmware, kernel, guest DLLs and programs, and the system disk, with the cross toolchain.
include(ExternalProject)
set(GUEST_DIR ${CMAKE_BINARY_DIR}/guest)
ExternalProject_Add(guest
  SOURCE_DIR ${CMAKE_SOURCE_DIR}/cmake/guest
  BINARY_DIR ${GUEST_DIR}
  CMAKE_GENERATOR Ninja
  CMAKE_ARGS
    -DCMAKE_TOOLCHAIN_FILE=${CMAKE_SOURCE_DIR}/cmake/toolchain-mingw.cmake
    -DCMAKE_BUILD_TYPE=Release
    -DPAGING=${PAGING}
  INSTALL_COMMAND ""
  BUILD_ALWAYS ON
  USES_TERMINAL_BUILD OFF)
