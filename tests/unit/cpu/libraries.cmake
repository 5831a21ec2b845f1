target_link_libraries(unit_cpu PRIVATE capstone)
target_compile_definitions(unit_cpu PRIVATE FAULTLINE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
find_package(fmt REQUIRED)
target_link_libraries(unit_cpu PRIVATE fmt::fmt)
