# The stripped shared library of the size profile is not larger than it may be.
#   cmake -DSTRIP=strip -DLIBRARY=libsipfailover.so -DMACHINE=x86_64 -DBARS=size_bars.txt -DFROM_SOURCE=OFF
#         -DWORK=dir -P size.cmake
cmake_minimum_required(VERSION 3.18)
string(REGEX REPLACE "^armv7.*" "armv7" machine "${MACHINE}")
file(STRINGS "${BARS}" bar REGEX "^${machine} ")
if(NOT bar)
  message("no bar for ${machine}")
  return()
endif()
# Machine, bar with the standard library from source, bar with the ready-made one.
separate_arguments(bar)
list(GET bar 2 limit_kib)
if(FROM_SOURCE)
  list(GET bar 1 limit_kib)
endif()

file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND "${STRIP}" -o "${WORK}/stripped.so" "${LIBRARY}" RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${STRIP} cannot strip ${LIBRARY}")
endif()
file(SIZE "${WORK}/stripped.so" bytes)
math(EXPR limit "${limit_kib} * 1024")
math(EXPR kib "${bytes} / 1024")
message("${machine}: ${kib} KiB, at most ${limit_kib}")
if(bytes GREATER limit)
  message(FATAL_ERROR "the library is too large")
endif()
