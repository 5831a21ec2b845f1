# Installs the library into an empty prefix and builds an outside program with it, by CMake package
# (shared and static) and by pkg-config. All three run.
# -D BUILD, SOURCE, DIRECTORY, COMPILER, FLAGS, PKG_CONFIG
file(REMOVE_RECURSE ${DIRECTORY})
set(prefix ${DIRECTORY}/prefix)
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} --component library)

string(REPLACE ";" " " flags "${FLAGS}")
run(${CMAKE_COMMAND} -S ${SOURCE}/consumer -B ${DIRECTORY}/cmake -DCMAKE_C_COMPILER=${COMPILER}
  -DCMAKE_C_FLAGS=${flags} -DCMAKE_PREFIX_PATH=${prefix})
run(${CMAKE_COMMAND} --build ${DIRECTORY}/cmake)
run(${DIRECTORY}/cmake/with_shared)
run(${DIRECTORY}/cmake/with_static)

file(GLOB_RECURSE package ${prefix}/faultline.pc)
get_filename_component(directory ${package} DIRECTORY)
execute_process(COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${directory}
  ${PKG_CONFIG} --cflags --libs faultline OUTPUT_VARIABLE arguments COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(arguments UNIX_COMMAND "${arguments}")
get_filename_component(libraries ${directory} DIRECTORY)
run(${COMPILER} -std=c11 ${FLAGS} ${SOURCE}/plain_c.c ${arguments} -Wl,-rpath,${libraries}
  -o ${DIRECTORY}/with_pkg_config)
run(${DIRECTORY}/with_pkg_config)
