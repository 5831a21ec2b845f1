target_compile_definitions(unit_debugger PRIVATE FAULTLINE_GOLDEN="${CMAKE_SOURCE_DIR}/tests/golden/")
