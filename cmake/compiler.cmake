# Host compiler settings shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
# The layers below api go into a shared library too.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

add_library(faultline_options INTERFACE)
target_compile_options(faultline_options INTERFACE -Wall -Wextra -Werror)
target_include_directories(faultline_options INTERFACE
  ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
if(FAULTLINE_SANITIZE)
  target_compile_options(faultline_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(faultline_options INTERFACE -fsanitize=address,undefined)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code makes GCC 12 see uninitialized members in its own std::function.
    target_compile_options(faultline_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(FAULTLINE_FUZZ)
  # Coverage for libFuzzer everywhere; its main() only where a target asks for it.
  target_compile_options(faultline_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(faultline_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(FAULTLINE_TIDY)
  find_program(CLANG_TIDY NAMES clang-tidy-14 clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY ${CLANG_TIDY})
endif()

# faultline_library(NAME sources... DEPENDS lower layers...): one static library a layer.
function(faultline_library NAME)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  add_library(${NAME} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${NAME} PUBLIC faultline_options ${ARG_DEPENDS})
endfunction()
