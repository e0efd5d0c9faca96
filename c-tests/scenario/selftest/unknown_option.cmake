# An option of a later version must be refused, not skipped. cmake -DSIM=<program> -P unknown_option.cmake
execute_process(COMMAND "${SIM}" --ladder out.svg RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE errors)
if(NOT result EQUAL 2 OR NOT errors MATCHES "unknown option '--ladder'")
  message(FATAL_ERROR "expected exit status 2 and a usage text, got ${result}: ${errors}")
endif()
