# Compiles and runs the consumers with what pkg-config says, as a Makefile would.
#   cmake -DPKG_CONFIG=pkg-config -DCC=cc -DCXX=c++ -DPC_DIR=dir -DSOURCES=dir -DWORK=dir
#         -DMODE=shared|static|wholly-static -P pkg_config.cmake
cmake_minimum_required(VERSION 3.18)

set(ENV{PKG_CONFIG_PATH} "${PC_DIR}")

# flags OUT OPTION...: as a list; pkg-config quotes blanks for a shell.
function(flags out)
  execute_process(COMMAND "${PKG_CONFIG}" ${ARGN} sipfailover OUTPUT_VARIABLE text RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(failed)
    message(FATAL_ERROR "pkg-config ${ARGN} sipfailover failed")
  endif()
  separate_arguments(list UNIX_COMMAND "${text}")
  set(${out} "${list}" PARENT_SCOPE)
endfunction()

# try PROGRAM COMPILER ARGUMENT...
function(try program)
  execute_process(COMMAND ${ARGN} -Wall -Wextra -Wpedantic -Werror ${cflags} -o "${WORK}/${program}"
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${program} cannot be built")
  endif()
  execute_process(COMMAND "${WORK}/${program}" RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${program} ended with ${failed}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
flags(cflags --cflags)
if(MODE STREQUAL "shared")
  flags(libs --libs)
  set(ENV{LD_LIBRARY_PATH} "${PC_DIR}/..")
else()
  flags(libs --static --libs)
endif()
if(MODE STREQUAL "wholly-static")
  list(APPEND libs -static)
endif()
try(c99 "${CC}" -std=c99 "${SOURCES}/main.c" ${libs})
try(cxx98 "${CXX}" -std=c++98 -x c++ "${SOURCES}/main.c" -x none ${libs})
try(cxx11 "${CXX}" -std=c++11 "${SOURCES}/main.cpp" ${libs})
