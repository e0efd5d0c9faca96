# README.md shows a whole program and what it prints. Both must be true.
#   cmake -DREADME=... -DSOURCE=minimal.c -DPROGRAM=sipfailover-minimal -P readme_check.cmake

file(READ "${README}" readme)
file(READ "${SOURCE}" source)
string(STRIP "${source}" source)
string(FIND "${readme}" "```c\n${source}\n```" found)
if(found EQUAL -1)
  message(FATAL_ERROR "README.md does not quote ${SOURCE} as it is")
endif()

execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE output RESULT_VARIABLE status TIMEOUT 30)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${status}")
endif()
string(REGEX REPLACE "\n+$" "" output "${output}")
string(FIND "${readme}" "```text\n${output}\n```" found)
if(found EQUAL -1)
  message(FATAL_ERROR "README.md promises another output than\n${output}")
endif()
