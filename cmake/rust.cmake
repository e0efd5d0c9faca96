# Builds the Rust library with cargo. Defines the target sipfailover_cargo and
#
#   sipfailover_shared, sipfailover_static   what it makes
#   sipfailover_system_libraries             what a program needs beside the static library

# rustup's place is often missing from the PATH of an IDE or a service.
find_program(SIPFAILOVER_CARGO cargo
  HINTS ENV CARGO_HOME "$ENV{HOME}/.cargo"
  PATH_SUFFIXES bin
  DOC "cargo, which builds the library")
if(NOT SIPFAILOVER_CARGO)
  message(FATAL_ERROR "cargo is not installed. sipfailover needs Rust 1.88 or newer: https://rustup.rs")
endif()

# ---- settings ----------------------------------------------------------------------------------

# In the build tree, so that several builds (and a read-only source tree) do not disturb each other.
set(SIPFAILOVER_CARGO_DIR "${CMAKE_CURRENT_BINARY_DIR}/cargo" CACHE PATH
  "Where cargo builds; may be shared by several build trees")

# Cross builds name the Rust target, here or in CARGO_BUILD_TARGET. Kept in the cache, like the next: a later `make` in a
# shell without the variable must build the same.
set(SIPFAILOVER_CARGO_TARGET "$ENV{CARGO_BUILD_TARGET}" CACHE STRING
  "Rust target triple; empty builds for this machine")
set(SIPFAILOVER_RUSTUP_TOOLCHAIN "$ENV{RUSTUP_TOOLCHAIN}" CACHE STRING
  "Toolchain of rustup to build with; empty is its default")
set(SIPFAILOVER_PROFILE size CACHE STRING "What an optimized build is optimized for: size or speed")
set_property(CACHE SIPFAILOVER_PROFILE PROPERTY STRINGS size speed)
# Without the printer of backtraces, which nobody calls in a phone. Needs the source of the standard library.
set(SIPFAILOVER_BUILD_STD AUTO CACHE STRING
  "Build Rust's standard library from source: ON, OFF, or AUTO (in the size profile, where its source is there)")
set_property(CACHE SIPFAILOVER_BUILD_STD PROPERTY STRINGS AUTO ON OFF)

# Were the linker and the library of different machines, the linker would say so in a page of text.
if(CMAKE_CROSSCOMPILING AND NOT SIPFAILOVER_CARGO_TARGET)
  message(FATAL_ERROR "A cross build needs SIPFAILOVER_CARGO_TARGET, the Rust target triple "
    "(such as armv7-unknown-linux-gnueabihf; `rustc --print target-list` has them all).")
endif()

# ---- profile -----------------------------------------------------------------------------------

# Debug is for people who debug the library itself; everything else ships. RelWithDebInfo is the same code as Release.
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(sipfailover_cargo_profile dev)
  set(sipfailover_profile_dir debug)
elseif(SIPFAILOVER_PROFILE STREQUAL "size")
  set(sipfailover_cargo_profile release)
  set(sipfailover_profile_dir release)
elseif(SIPFAILOVER_PROFILE STREQUAL "speed")
  set(sipfailover_cargo_profile speed)
  set(sipfailover_profile_dir speed)
else()
  message(FATAL_ERROR "SIPFAILOVER_PROFILE is \"${SIPFAILOVER_PROFILE}\", but must be size or speed")
endif()
set(sipfailover_profile_arguments --profile ${sipfailover_cargo_profile})
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  list(APPEND sipfailover_profile_arguments --config "profile.${sipfailover_cargo_profile}.debug='full'")
endif()

# ---- the call of cargo -------------------------------------------------------------------------

# Were it set, cargo would write one folder deeper also where no target was asked for.
set(sipfailover_environment --unset=CARGO_BUILD_TARGET)
if(SIPFAILOVER_RUSTUP_TOOLCHAIN)
  list(APPEND sipfailover_environment "RUSTUP_TOOLCHAIN=${SIPFAILOVER_RUSTUP_TOOLCHAIN}")
endif()

# What -Z options need, other than on nightly. Both have been there for years, but are not promised for ever.
set(sipfailover_source_environment RUSTC_BOOTSTRAP=1)
set(sipfailover_source_arguments -Z build-std=std,panic_unwind -Z build-std-features=)

set(sipfailover_build_std "${SIPFAILOVER_BUILD_STD}")
if(sipfailover_build_std STREQUAL "AUTO")
  set(sipfailover_build_std OFF)
  if(sipfailover_cargo_profile STREQUAL "release")
    # It fails where the source is missing, and where the few crates that it needs are neither here nor to be had.
    execute_process(
      COMMAND "${CMAKE_COMMAND}" -E env ${sipfailover_environment} ${sipfailover_source_environment} "${SIPFAILOVER_CARGO}"
        fetch --locked --manifest-path "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml" ${sipfailover_source_arguments}
      RESULT_VARIABLE sipfailover_no_source OUTPUT_QUIET ERROR_QUIET)
    if(sipfailover_no_source)
      message(STATUS "sipfailover: Rust's ready-made standard library; with its source (rustup component add rust-src) "
        "the library would be a third smaller")
    else()
      set(sipfailover_build_std ON)
      message(STATUS "sipfailover: Rust's standard library is built from source, for a smaller library "
        "(SIPFAILOVER_BUILD_STD=OFF takes the ready-made one)")
    endif()
  endif()
endif()

set(sipfailover_rust_target "${SIPFAILOVER_CARGO_TARGET}")
if(sipfailover_build_std AND NOT sipfailover_rust_target)
  # cargo builds the standard library only for a target that is named.
  execute_process(COMMAND "${CMAKE_COMMAND}" -E env ${sipfailover_environment} "${SIPFAILOVER_CARGO}" -vV
    OUTPUT_VARIABLE sipfailover_cargo_version)
  if(NOT sipfailover_cargo_version MATCHES "host: ([^\n]+)")
    message(FATAL_ERROR "${SIPFAILOVER_CARGO} does not tell which machine it is for")
  endif()
  set(sipfailover_rust_target "${CMAKE_MATCH_1}")
endif()

set(sipfailover_target_arguments --target-dir "${SIPFAILOVER_CARGO_DIR}")
set(sipfailover_out_dir "${SIPFAILOVER_CARGO_DIR}/${sipfailover_profile_dir}")
if(sipfailover_rust_target)
  list(APPEND sipfailover_target_arguments --target "${sipfailover_rust_target}")
  set(sipfailover_out_dir "${SIPFAILOVER_CARGO_DIR}/${sipfailover_rust_target}/${sipfailover_profile_dir}")
endif()
if(sipfailover_build_std)
  list(APPEND sipfailover_environment ${sipfailover_source_environment})
  list(APPEND sipfailover_target_arguments ${sipfailover_source_arguments})
endif()
if(CMAKE_CROSSCOMPILING)
  # The compiler that CMake was told; the linker in cargo's own configuration, if there is one, may know less.
  list(APPEND sipfailover_target_arguments
    --config "target.${sipfailover_rust_target}.linker='${CMAKE_C_COMPILER}'")
endif()

# Through cargo's configuration, where they join what the builder has there for the target. RUSTFLAGS in the environment
# takes the place of both.
set(sipfailover_rustflags "")
if(CMAKE_SYSROOT)
  list(APPEND sipfailover_rustflags "'-Clink-arg=--sysroot=${CMAKE_SYSROOT}'")
endif()
if(sipfailover_rust_target MATCHES "^armv7" AND SIPFAILOVER_PROFILE STREQUAL "size")
  # Every ARMv7-A has Thumb-2, in which our code is a fifth smaller. rustc warns that it may rename this.
  list(APPEND sipfailover_rustflags "'-Ctarget-feature=+thumb-mode'")
endif()
if(sipfailover_rustflags)
  list(JOIN sipfailover_rustflags ", " sipfailover_rustflags)
  list(APPEND sipfailover_target_arguments --config "target.'cfg(all())'.rustflags=[${sipfailover_rustflags}]")
endif()

set(sipfailover_shared "${sipfailover_out_dir}/libsipfailover.so")
set(sipfailover_soname "${sipfailover_out_dir}/libsipfailover.so.0")
set(sipfailover_static "${sipfailover_out_dir}/libsipfailover.a")
# The list is what `rustc --print native-static-libs` says for Linux with glibc, without gcc_s and c: a compiler links
# these by itself, and a wholly static program has gcc_eh in the place of gcc_s. libutil, librt, libpthread and libdl are
# part of libc since glibc 2.34; older ones need them.
set(sipfailover_system_libraries util rt pthread m dl)

# `cargo rustc` instead of `cargo build`, to leave out the Rust library that Cargo.toml also names: where that is among
# what is built, cargo does not optimize across crates (LTO), and the shared library is a fifth larger and slower.
set(sipfailover_cargo_command
  "${CMAKE_COMMAND}" -E env ${sipfailover_environment} "${SIPFAILOVER_CARGO}" rustc --locked --lib
  --crate-type cdylib,staticlib --manifest-path "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml"
  ${sipfailover_profile_arguments} ${sipfailover_target_arguments})

# Runs in every build: only cargo knows what has to be rebuilt, and it is quick when nothing has.
# Programs look for the library by its SONAME, which cargo does not write beside it: hence the link.
add_custom_target(sipfailover_cargo ALL
  COMMAND ${sipfailover_cargo_command}
  COMMAND "${CMAKE_COMMAND}" -E create_symlink libsipfailover.so "${sipfailover_soname}"
  BYPRODUCTS "${sipfailover_shared}" "${sipfailover_static}" "${sipfailover_soname}"
  WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
  COMMENT "Building libsipfailover with cargo"
  USES_TERMINAL
  VERBATIM)
