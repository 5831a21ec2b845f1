# The host's x87 as a witness: where machine code of the x86-64 runs.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_sources(unit_x87 PRIVATE
    ${CMAKE_CURRENT_LIST_DIR}/native/exact_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/native/transcendental_test.cpp)
endif()
