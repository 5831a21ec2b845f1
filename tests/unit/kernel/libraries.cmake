# The kernel's algorithms that the host can run, compiled into their tests.
set(KERNEL_IO ${CMAKE_SOURCE_DIR}/kernel/io)
target_sources(unit_kernel PRIVATE ${KERNEL_IO}/fat16_chain.cpp ${KERNEL_IO}/fat16_contiguous.cpp ${KERNEL_IO}/fat16_data.cpp ${KERNEL_IO}/fat16_directory.cpp
  ${KERNEL_IO}/fat16_file.cpp ${KERNEL_IO}/fat16_name.cpp ${KERNEL_IO}/fat16_paging.cpp ${KERNEL_IO}/fat16_namespace.cpp)
target_sources(unit_kernel PRIVATE ${CMAKE_SOURCE_DIR}/kernel/ldr/image.cpp)
