# 32-bit ARM with floating point in hardware, as Cortex-A phones have it.
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(triple arm-linux-gnueabihf)
set(rust_target armv7-unknown-linux-gnueabihf)
set(emulator qemu-arm)
include("${CMAKE_CURRENT_LIST_DIR}/debian-cross.cmake")
