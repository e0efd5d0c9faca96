# Every constant of the old header is in the new one, with its value. New ones may be added.
#   cmake -DOLD=sipfailover.h -DNEW=sipfailover.h -P constants.cmake
cmake_minimum_required(VERSION 3.18)

# Initializers are allowed to grow with their structs, and versions to rise.
set(constant "^#define SFO_[A-Z0-9_]+ ")
set(free_to_change "^#define SFO_(VERSION_[A-Z]+|[A-Z_]+_INIT) ")

file(STRINGS "${OLD}" old REGEX "${constant}")
file(STRINGS "${NEW}" new REGEX "${constant}")
list(FILTER old EXCLUDE REGEX "${free_to_change}")
list(LENGTH old count)
if(count LESS 50)
  message(FATAL_ERROR "${OLD} was not understood: ${count} constants")
endif()
foreach(line IN LISTS old)
  if(NOT line IN_LIST new)
    message(SEND_ERROR "gone or changed: ${line}")
  endif()
endforeach()
