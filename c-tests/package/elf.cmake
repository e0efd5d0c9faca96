# The shared library needs libc and libgcc_s and nothing else, and has the name that programs will look for.
#   cmake -DREADELF=readelf -DLIBRARY=libsipfailover.so -P elf.cmake
cmake_minimum_required(VERSION 3.18)
set(ENV{LC_ALL} C)
execute_process(COMMAND "${READELF}" -d "${LIBRARY}" OUTPUT_VARIABLE output RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${READELF} cannot read ${LIBRARY}")
endif()

string(REGEX MATCHALL "\\(NEEDED\\)[^\n]*" lines "${output}")
set(others "")
foreach(line IN LISTS lines)
  string(REGEX REPLACE ".*\\[(.*)\\]" "\\1" name "${line}")
  # The loader belongs to libc; the linker names it where thread-local storage is asked for.
  if(NOT name MATCHES "^(libc\\.so\\.6|libgcc_s\\.so\\.1|ld-linux[-a-z0-9_]*\\.so\\.[0-9]+|ld\\.so\\.1)$")
    list(APPEND others "${name}")
  endif()
endforeach()
if(lines STREQUAL "" OR others)
  message(FATAL_ERROR "needed beside libc and libgcc_s: ${others}\n${output}")
endif()

if(NOT output MATCHES "\\(SONAME\\)[^\n]*\\[libsipfailover\\.so\\.0\\]")
  message(FATAL_ERROR "the SONAME is not libsipfailover.so.0:\n${output}")
endif()
# A library that has to be changed when it is loaded cannot be shared between processes.
if(output MATCHES "\\(TEXTREL\\)")
  message(FATAL_ERROR "there are text relocations:\n${output}")
endif()
