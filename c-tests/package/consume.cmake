# Builds a consumer project out of tree and runs its programs.
#   cmake -DPROJECT=dir -DWORK=dir -P consume.cmake -- ARGUMENT...
cmake_minimum_required(VERSION 3.18)

set(arguments "")
set(is_argument FALSE)
foreach(i RANGE 1 ${CMAKE_ARGC})
  if(is_argument AND DEFINED CMAKE_ARGV${i})
    list(APPEND arguments "${CMAKE_ARGV${i}}")
  elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
    set(is_argument TRUE)
  endif()
endforeach()

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(failed)
    message(FATAL_ERROR "${ARGN}:\n${output}")
  endif()
endfunction()

# A name with a blank: the library must not mind.
set(build "${WORK}/the build")
file(REMOVE_RECURSE "${WORK}")
run("${CMAKE_COMMAND}" -S "${PROJECT}" -B "${build}" ${arguments})
run("${CMAKE_COMMAND}" --build "${build}")
run("${CMAKE_COMMAND}" -E chdir "${build}" "${CMAKE_CTEST_COMMAND}" --output-on-failure)
