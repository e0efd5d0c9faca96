# Functions, structs and callbacks of the old header are in the new one, as they were, but for members appended to structs
# that begin with their size. The compiler compares them: what the old header declared is put behind the new one.
#   cmake -DCC=cc -DOLD=sipfailover.h -DNEW=sipfailover.h -DWORK=dir -P types.cmake
cmake_minimum_required(VERSION 3.18)

# Elements of arrays do not carry their size: they never change.
set(fixed sfo_outcome sfo_dns_fd)

include("${CMAKE_CURRENT_LIST_DIR}/declarations.cmake")

# check_struct OUT NAME BODY: assertions that each member is where it was and what it was.
function(check_struct out name body)
  string(REPLACE "${semicolon}" ";" members "${body}")
  set(text "struct old_${name} {${members}};\n")
  foreach(member IN LISTS members)
    # Not one pattern OR the other: the second would wipe out what the first has found.
    if(NOT member MATCHES "\\(\\*([a-z0-9_]+)\\)")
      string(REGEX MATCH "([a-z0-9_]+)(\\[[0-9]+\\])?$" match "${member}")
    endif()
    if(CMAKE_MATCH_1)
      string(APPEND text "SAME(${name}, ${CMAKE_MATCH_1});\n")
    endif()
  endforeach()
  if(name IN_LIST fixed)
    string(APPEND text "_Static_assert(sizeof(${name}) == sizeof(struct old_${name}), \"${name} must not grow\");\n")
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

declarations(old "${OLD}")
set(program "#include \"${NEW}\"
#define SAME(type, member) \\
  _Static_assert(offsetof(type, member) == offsetof(struct old_##type, member), #type \".\" #member \" has moved\"); \\
  _Static_assert(__builtin_types_compatible_p(__typeof__(((type *)0)->member), \\
    __typeof__(((struct old_##type *)0)->member)), #type \".\" #member \" has another type\")
")

string(REGEX MATCHALL "typedef struct sfo_[a-z_]+ {[^}]*}" structs "${old}")
foreach(struct IN LISTS structs)
  string(REGEX MATCH "^typedef struct (sfo_[a-z_]+) {(.*)}$" match "${struct}")
  check_struct(text "${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}")
  string(APPEND program "${text}")
endforeach()

functions(functions "${old}")
declarations(new "${NEW}")
foreach(function IN LISTS functions)
  string(APPEND program "${function};\n")
  string(REGEX MATCH "sfo_[a-z0-9_]+\\(" name "${function}")
  string(FIND "${new}" "${name}" found)
  if(found EQUAL -1)
    message(SEND_ERROR "gone: ${function}")
  endif()
endforeach()

list(LENGTH structs struct_count)
list(LENGTH functions function_count)
if(struct_count LESS 15 OR function_count LESS 40)
  message(FATAL_ERROR "${OLD} was not understood: ${struct_count} structs, ${function_count} functions")
endif()
file(WRITE "${WORK}/types.c" "${program}")
execute_process(COMMAND "${CC}" -std=gnu11 -Werror -fsyntax-only "${WORK}/types.c" RESULT_VARIABLE failed
  ERROR_VARIABLE errors)
if(failed)
  message(FATAL_ERROR "programs that exist would break:\n${errors}")
endif()
