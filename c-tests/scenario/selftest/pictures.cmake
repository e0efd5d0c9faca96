# Pictures say what happened. cmake -DSIM=<program> -DSCENARIO=<file> -DOUT=<folder> -P pictures.cmake
# The first scenario is that of an INVITE that server 1 does not answer and server 2 does.
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

function(says_not file)
  file(READ "${file}" whole)
  foreach(words IN LISTS ARGN)
    string(FIND "${whole}" "${words}" found)
    if(NOT found EQUAL -1)
      message(FATAL_ERROR "${file} says '${words}'")
    endif()
  endforeach()
endfunction()

file(REMOVE "${text}" "${ladder}" "${timeline}")
run(--ladder "${text}")
run(--ladder "${ladder}" --timeline "${timeline}")
says("${text}" "server 1" "server 2" "[goes silent]" "   200.000  |------ INVITE ------x:"
  "INVITE: no answer from 192.168.1.14 in 7.5 s" "+ call1: answered 200 after 7.5 s" "FALLBACK: server 2 takes over"
  "RECOVERY: server 1 takes over again")
says("${text}" "Not drawn: ACK")
says("${ladder}" "<svg " "goes silent" "call1: answered 200 after 7.5 s" "url(#bad)" "nobody answers" "</svg>")
says_not("${ladder}" "too late")   # the legend lists what occurs
says("${timeline}" "<svg " "What is true" "192.168.1.14 (server 1)" "silent" "Account 1: what the phone believes"
  "registration, server 2" "current target (:5060/udp)" "believed, but the host is in trouble" "url(#stale)"
  "request waits" "request answered by another server" "INVITE call1: 200 from 192.168.1.15 after 7.5 s"
  "here the phone gave up waiting" "Requests answered: 4, not answered: 0. Longest wait for an answer: 7.5 s." "</svg>")
says_not("${timeline}" "answers with an error" "request not answered")

# Hosts by role; errors that are answers are no trouble; the request that follows a challenge.
get_filename_component(traces "${SCENARIO}" DIRECTORY)
set(SCENARIO "${traces}/s11-503.scn")
run(--ladder "${text}")
run(--ladder "${ladder}" --timeline "${timeline}")
says("${text}" "primary of server 1" "backup of server 1" "[answers INVITE with 486]" "[answers as usual]"
  "asks for credentials" "the same, with credentials" "call1, target no. 2" "[grants at most 100 s]")
says_not("${text}" "is back]" "   330.000  |------ INVITE ----->:")
says("${timeline}" "486 to INVITE" "answers with an error" "192.168.1.14 (primary of server 1)")
says_not("${timeline}" "believed, but" "request waits")

# A chain of crosses is one mark; a cut of the axis is marked; a host that came back is spoken of.
set(SCENARIO "${traces}/../../../docs/what-if/primary-dies-at-night.scenario")
run(--timeline "${timeline}")
says("${timeline}" " tries, none answered" "At // time is cut out" "192.168.1.14 answers from 12000 on, and is the current target from 12017 on.")

set(SCENARIO "${traces}/../../../docs/what-if/outbound-proxies.scenario")
run(--ladder "${text}" --timeline "${timeline}")
says("${timeline}" "192.168.1.15 (outbound proxy 2)")
says("${text}" "FALLBACK: outbound proxy 2 takes over")

set(SCENARIO "${traces}/s7a-duration.scn")
run(--ladder "${text}" --timeline "${timeline}")
says("${timeline}" "current target: another than the primary")   # a backup of the same server is elsewhere, too
says("${text}" "    failback is due")
says_not("${text}" "! failback is due")

# Two accounts with a server each: neither is a backup; and a request that was never sent stands with its own account.
set(SCENARIO "${traces}/../../../docs/what-if/boot-without-dns.scenario")
run(--timeline "${timeline}")
says("${timeline}" "192.168.1.14 (server 1)" "192.168.1.24 (server 1)" "Account 2: its requests")
says_not("${timeline}" "primary of")
