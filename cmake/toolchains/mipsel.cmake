# 32-bit MIPS, little endian, as ATAs and gateways have it. Rust has no ready-made standard library for it: built from
# source.
set(CMAKE_SYSTEM_PROCESSOR mips)
set(triple mipsel-linux-gnu)
set(rust_target mipsel-unknown-linux-gnu)
set(emulator qemu-mipsel)
set(SIPFAILOVER_BUILD_STD ON CACHE BOOL "Build Rust's standard library from source")
include("${CMAKE_CURRENT_LIST_DIR}/debian-cross.cmake")
