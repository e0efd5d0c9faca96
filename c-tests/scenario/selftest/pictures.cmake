# Pictures say what happened. cmake -DSIM=<program> -DSCENARIO=<file> -DOUT=<folder> -P pictures.cmake
# The scenario is that of an INVITE that server 1 does not answer and server 2 does.
cmake_minimum_required(VERSION 3.16)
set(text "${OUT}/picture-ladder.txt")
set(ladder "${OUT}/picture-ladder.svg")
set(timeline "${OUT}/picture-timeline.svg")

function(run)
  execute_process(COMMAND "${SIM}" ${ARGN} "${SCENARIO}" RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "sipfailover-sim ${ARGN} ${SCENARIO}: ${result}: ${output}")
  endif()
endfunction()

function(says file)
  file(READ "${file}" whole)
  foreach(words IN LISTS ARGN)
    string(FIND "${whole}" "${words}" found)
    if(found EQUAL -1)
      message(FATAL_ERROR "${file} does not say '${words}'")
    endif()
  endforeach()
endfunction()

file(REMOVE "${text}" "${ladder}" "${timeline}")
run(--ladder "${text}")
run(--ladder "${ladder}" --timeline "${timeline}")
says("${text}" "server 1" "server 2" "[goes silent]" "   200.000  |------ INVITE ------x:"
  "INVITE: no answer from 192.168.1.14 in 7.5 s" "+ call1: answered 200 after 7.5 s" "FALLBACK: server 2 takes over"
  "RECOVERY: server 1 takes over again")
says("${ladder}" "<svg " "goes silent" "call1: answered 200 after 7.5 s" "url(#bad)" "</svg>")
says("${timeline}" "<svg " "192.168.1.14 (server 1)" "silent" "registration, server 2" "current target"
  "INVITE call1: 200 from 192.168.1.15 after 7.5 s" "Requests answered: 4, not answered: 0. Longest wait for an answer: 7.5 s."
  "</svg>")
