# Takes the program out of docs/embedding.md, builds it, and compares what it prints with the page.
# -D PAGE, COMPILER, FLAGS, LIBRARY, INCLUDE, DIRECTORY
file(READ ${PAGE} page)
# The blocks between fences, each by its language.
foreach(language c text)
  if(NOT page MATCHES "\n```${language}\n(.*)")
    message(FATAL_ERROR "${PAGE} has no ${language} block")
  endif()
  set(rest "${CMAKE_MATCH_1}")
  string(FIND "${rest}" "```" end)
  string(SUBSTRING "${rest}" 0 ${end} ${language})
endforeach()
file(MAKE_DIRECTORY ${DIRECTORY})
file(WRITE ${DIRECTORY}/program.c "${c}")
get_filename_component(library_directory ${LIBRARY} DIRECTORY)
execute_process(COMMAND ${COMPILER} -std=c11 -pedantic -Wall -Wextra -Werror ${FLAGS}
  -I${INCLUDE} ${DIRECTORY}/program.c ${LIBRARY} -Wl,-rpath,${library_directory}
  -o ${DIRECTORY}/program COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${DIRECTORY}/program OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL text)
  message(FATAL_ERROR "The program printed\n${printed}and the page says\n${text}")
endif()
