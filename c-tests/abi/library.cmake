# What libabigail has to say about the way from an old header to a new one. Types are in the debugging information of C, which
# the library has none of, being written in Rust: so a library of empty functions is made from each header, and these
# are compared. That the library exports what its header says is tested elsewhere.
#   cmake -DCC=cc -DABIDIFF=abidiff -DOLD=sipfailover.h -DNEW=sipfailover.h -DWORK=dir -P library.cmake
# With -DSABOTAGE=ON instead of NEW: the comparison sees each of a list of breaks of the old header, and lets additions pass.
cmake_minimum_required(VERSION 3.18)
include("${CMAKE_CURRENT_LIST_DIR}/declarations.cmake")

# Bits of the exit status that say that the comparison itself went wrong.
set(error_bits 3)

# build NAME HEADER: a library of the functions that the header declares.
function(build name header)
  declarations(text "${header}")
  functions(functions "${text}")
  list(LENGTH functions count)
  if(count LESS 40)
    message(FATAL_ERROR "${header} was not understood: ${count} functions")
  endif()
  set(program "#include \"${header}\"\n")
  foreach(function IN LISTS functions)
    string(APPEND program "${function} { __builtin_trap(); }\n")
  endforeach()
  file(WRITE "${WORK}/${name}.c" "${program}")
  execute_process(
    COMMAND "${CC}" -std=gnu11 -g -O0 -fPIC -shared -Wl,-soname,libsipfailover.so.0 -o "${WORK}/${name}.so" "${WORK}/${name}.c"
    RESULT_VARIABLE failed ERROR_VARIABLE errors)
  if(failed)
    message(FATAL_ERROR "${errors}")
  endif()
endfunction()

# Lines of a report that only say where something is.
set(where
  "^$"
  "^Functions changes summary: 0 Removed, "
  "^Variables changes summary: 0 Removed, 0 Changed, "
  "^[0-9]+ functions? with some indirect sub-type changes?:$"
  "^\\[C\\] 'function .* has some indirect sub-type changes:$"
  "^(parameter [0-9]+ of|return) type '.*' (has sub-type changes|changed):$"
  "^in (pointed to|unqualified underlying) type '[^']*'( at [^ ]*)?:$"
  "^[0-9]+ data member insertions?:$")

# judge OUT REPORT: the lines that say more than that a struct which begins with its size has grown at its end. (What
# libabigail can be told to suppress is more than that.)
function(judge out report)
  set(found "")
  set(size 0)
  string(REPLACE ";" " " report "${report}")
  string(REPLACE "\n" ";" lines "${report}")
  foreach(line IN LISTS lines)
    string(STRIP "${line}" line)
    set(is_allowed FALSE)
    foreach(pattern IN LISTS where)
      if(line MATCHES "${pattern}")
        set(is_allowed TRUE)
      endif()
    endforeach()
    if(line MATCHES "^type size changed from ([0-9]+) to ([0-9]+) ")
      set(size "${CMAKE_MATCH_1}")
      if(CMAKE_MATCH_2 GREATER size)
        set(is_allowed TRUE)
      endif()
    elseif(line MATCHES "^'.*', at offset ([0-9]+) \\(in bits\\)" AND NOT CMAKE_MATCH_1 LESS size AND size GREATER 0)
      set(is_allowed TRUE)
    elseif(line MATCHES "'struct sfo_(outcome|dns_fd)'")
      # Elements of arrays do not carry their size: they never change.
      set(is_allowed FALSE)
    endif()
    if(NOT is_allowed)
      string(APPEND found "${line}\n")
    endif()
  endforeach()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# compare OUT NAME: what has changed from old.so to NAME.so and may not; "" where nothing has.
function(compare out name)
  execute_process(COMMAND "${ABIDIFF}" --no-added-syms "${WORK}/old.so" "${WORK}/${name}.so"
    RESULT_VARIABLE status OUTPUT_VARIABLE report ERROR_VARIABLE errors)
  if(NOT status MATCHES "^[0-9]+$")
    message(FATAL_ERROR "${ABIDIFF}: ${status}")
  endif()
  math(EXPR errored "${status} & ${error_bits}")
  if(errored)
    message(FATAL_ERROR "${ABIDIFF} ended with ${status}: ${report}${errors}")
  endif()
  judge(found "${report}")
  if(found STREQUAL "" AND NOT status EQUAL 0 AND report STREQUAL "")
    set(found "status ${status}")
  endif()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# broken WHAT FROM TO: the comparison sees it when this is changed in the old header.
function(broken what from to)
  changed("${from}" "${to}")
  compare(said new)
  if(said STREQUAL "")
    message(SEND_ERROR "not seen: ${what}")
  endif()
endfunction()

# changed FROM TO: builds new.so from the old header with this change.
function(changed from to)
  file(READ "${OLD}" text)
  string(FIND "${text}" "${from}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "`${from}` is not in ${OLD}")
  endif()
  string(REPLACE "${from}" "${to}" text "${text}")
  file(WRITE "${WORK}/new.h" "${text}")
  build(new "${WORK}/new.h")
endfunction()

build(old "${OLD}")
if(NOT SABOTAGE)
  build(new "${NEW}")
  compare(said new)
  if(NOT said STREQUAL "")
    message(FATAL_ERROR "programs that exist would break:\n${said}")
  endif()
  return()
endif()

broken("a function that is gone" "sfo_account_stop(" "sfo_account_halt(")
broken("another parameter" "sfo_account_stop(struct sfo_engine *engine," "sfo_account_stop(struct sfo_engine *engine, int32_t more,")
broken("another result" "size_t sfo_dns_io_fds(" "uint32_t sfo_dns_io_fds(")
broken("a member in between" "  char text[80];" "  uint32_t between;\n  char text[80];")
broken("a shorter array" "  char text[80];" "  char text[40];")
broken("a member that is gone" "  uint32_t startup_window_s;" "")
broken("another callback" "(*set_timer)(void *user, uint64_t deadline_ms)" "(*set_timer)(void *user, uint32_t deadline_ms)")
broken("elements of an array that grow" "} sfo_dns_fd;" "uint32_t more; } sfo_dns_fd;")

changed("} sfo_target;" "uint32_t more; } sfo_target; uint32_t sfo_more(const sfo_target *target);")
compare(said new)
if(NOT said STREQUAL "")
  message(SEND_ERROR "additions are refused:\n${said}")
endif()
