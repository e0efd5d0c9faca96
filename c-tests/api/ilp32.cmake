# Compiles the layout assertions for 32 bits with what compilers there are. Freestanding: no C library of
# that kind is needed.
cmake_minimum_required(VERSION 3.18)
set(built FALSE)
foreach(command IN ITEMS
    "${CC};-m32" "clang;--target=i386-linux-gnu" "clang;--target=arm-none-eabi" "clang;--target=mipsel-linux-gnu")
  # Can it build for this target at all?
  execute_process(COMMAND ${command} -ffreestanding -fsyntax-only -x c /dev/null
    RESULT_VARIABLE unavailable OUTPUT_QUIET ERROR_QUIET)
  if(unavailable)
    continue()
  endif()
  execute_process(
    COMMAND ${command} -std=c11 -Wall -Wextra -Wpedantic -Werror -ffreestanding -fsyntax-only "-I${INCLUDE}" "${SOURCE}"
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "the layout differs: ${command}")
  endif()
  set(built TRUE)
endforeach()
if(NOT built)
  message("cannot build for 32 bits")
endif()
