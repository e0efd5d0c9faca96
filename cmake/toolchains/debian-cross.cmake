# What the toolchain files of this folder share: Debian's cross compilers, and QEMU to run what they build. Sets up
# `triple` (GNU), `rust_target` and `emulator`, which the including file has set.
# A firmware has a toolchain file of its own; what it has to add for us is SIPFAILOVER_CARGO_TARGET.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${triple}-gcc)
set(CMAKE_CXX_COMPILER ${triple}-g++)

# Headers and libraries of the other machine, programs of this one.
set(CMAKE_FIND_ROOT_PATH /usr/${triple})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} "/usr/lib/${triple}/pkgconfig:/usr/${triple}/lib/pkgconfig")

# In the cache, because CMake before 3.21 forgets a plain variable where the project declares a setting of that name.
set(SIPFAILOVER_CARGO_TARGET ${rust_target} CACHE STRING "Rust target triple")

find_program(SIPFAILOVER_EMULATOR NAMES ${emulator} ${emulator}-static)
if(SIPFAILOVER_EMULATOR)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${SIPFAILOVER_EMULATOR};-L;/usr/${triple}")
endif()
