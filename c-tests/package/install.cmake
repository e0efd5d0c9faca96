# Installs into a prefix with a blank in its name, checks what came, and moves it away: what is used afterwards works only if
# no file knows where it was installed.
#   cmake -DBUILD=build -DWORK=dir -DLIST=files.txt -DSYMBOLS=symbols.txt -DLIBDIR=lib -DVERSION=0.1.0 -DSTRIP=strip -P install.cmake
cmake_minimum_required(VERSION 3.18)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(failed)
    message(FATAL_ERROR "${ARGN}:\n${output}")
  endif()
endfunction()

# check_files PREFIX: exactly the files of the list, beside the tools, which have rules of their own.
function(check_files prefix)
  file(GLOB_RECURSE found LIST_DIRECTORIES false RELATIVE "${prefix}" "${prefix}/*")
  list(FILTER found EXCLUDE REGEX "^(bin/|share/man/man1/|share/man/man3/s|share/doc/sipfailover/(docs|examples)/)")
  file(STRINGS "${LIST}" wanted REGEX "^[^#]")
  list(TRANSFORM wanted REPLACE "@LIBDIR@" "${LIBDIR}")
  list(TRANSFORM wanted REPLACE "@VERSION@" "${VERSION}")
  list(SORT found)
  list(SORT wanted)
  if(NOT found STREQUAL wanted)
    string(REPLACE ";" "\n  " found "${found}")
    message(FATAL_ERROR "other files than in ${LIST} were installed:\n  ${found}")
  endif()
endfunction()

# check_manual PREFIX: a page for each function of the header.
function(check_manual prefix)
  file(STRINGS "${SYMBOLS}" functions)
  foreach(name IN LISTS functions ITEMS sipfailover)
    if(NOT EXISTS "${prefix}/share/man/man3/${name}.3")
      message(FATAL_ERROR "no manual page of ${name} was installed")
    endif()
  endforeach()
endfunction()

function(check_link link wanted)
  file(READ_SYMLINK "${link}" to)
  if(NOT to STREQUAL wanted)
    message(FATAL_ERROR "${link} leads to ${to}, not to ${wanted}")
  endif()
endfunction()

# check_anonymous DIRECTORY TEXT...: no text file says where the library was built or installed.
function(check_anonymous directory)
  foreach(file IN ITEMS "pkgconfig/sipfailover.pc" "cmake/sipfailover/sipfailover-config.cmake"
      "cmake/sipfailover/sipfailover-config-version.cmake")
    file(READ "${directory}/${file}" text)
    foreach(place IN LISTS ARGN)
      string(FIND "${text}" "${place}" found)
      if(NOT found EQUAL -1)
        message(FATAL_ERROR "${file} names ${place}")
      endif()
    endforeach()
  endforeach()
endfunction()

file(REMOVE_RECURSE "${WORK}")
set(first "${WORK}/first place")
set(moved "${WORK}/moved away")
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${first}" --strip)
check_files("${first}")
check_manual("${first}")
check_link("${first}/${LIBDIR}/libsipfailover.so" libsipfailover.so.0)
check_link("${first}/${LIBDIR}/libsipfailover.so.0" "libsipfailover.so.${VERSION}")
check_anonymous("${first}/${LIBDIR}" "${WORK}" "${BUILD}")

# DESTDIR, as packagers use it, without stripping: what is stripped must be smaller, or free of what debuggers read (with a
# standard library from source there is nothing of that in the archive, and strip only moves things about).
set(ENV{DESTDIR} "${WORK}/dest dir")
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix /usr)
unset(ENV{DESTDIR})
check_files("${WORK}/dest dir/usr")
foreach(file IN ITEMS "libsipfailover.so.${VERSION}" libsipfailover.a)
  file(SIZE "${first}/${LIBDIR}/${file}" stripped)
  file(SIZE "${WORK}/dest dir/usr/${LIBDIR}/${file}" whole)
  file(STRINGS "${first}/${LIBDIR}/${file}" debug REGEX "\\.debug_info" LIMIT_COUNT 1)
  if(debug OR (file MATCHES "\\.so" AND NOT stripped LESS whole))
    message(FATAL_ERROR "${file}: ${stripped} bytes with --strip, ${whole} without")
  endif()
endforeach()

file(RENAME "${first}" "${moved}")
# As a firmware's SDK without shared libraries has it.
file(COPY "${moved}/" DESTINATION "${WORK}/only static")
file(GLOB shared "${WORK}/only static/${LIBDIR}/libsipfailover.so*")
file(REMOVE ${shared})
