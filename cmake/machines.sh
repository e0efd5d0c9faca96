# shellcheck shell=bash
#
# What cmake/cross and cmake/sizes share: tools that build and run programs of other machines. Sourced after lib.sh.
#
#   setting FILE NAME
#   need_cross TRIPLE EMULATOR
#   need_std RUST_TARGET       sets $build_std
#   need_source
#
# The last three say whether it is there, after installing it if $install is set; if not, $reason says what is missing.

# Set here, used there; and the other way round.
# shellcheck disable=SC2034,SC2154

install=1
reason=
build_std=

# setting FILE NAME: what a toolchain file sets it to.
setting() {
    sed -n "s/^set($2 \(.*\))\$/\1/p" "$tree/cmake/toolchains/$1.cmake"
}

# ---- tools -----------------------------------------------------------------------------------------

# Debian names its packages of compilers with hyphens, as the compilers are.
missing_cross() {
    local triple=$1 emulator=$2
    have "$triple-gcc" || echo "gcc-$triple"
    have "$triple-g++" || echo "g++-$triple"
    have "$emulator" || have "$emulator-static" || echo qemu-user
}

# need_cross TRIPLE EMULATOR: whether they are there now; says in $reason what is not.
need_cross() {
    local missing
    mapfile -t missing < <(missing_cross "$@")
    if [ "${#missing[@]}" -gt 0 ] && [ -n "$install" ] && can_install; then
        refresh_lists
        say "Installing: ${missing[*]}"
        install_packages "${missing[@]}" || true
        hash -r
        mapfile -t missing < <(missing_cross "$@")
    fi
    reason="not installed: ${missing[*]}"
    [ "${#missing[@]}" -eq 0 ]
}

sysroot() {
    (cd "$tree" && rustc --print sysroot)
}

has_std() {
    [ -n "$(find "$(sysroot)/lib/rustlib/$1/lib" -name 'libstd-*.rlib' 2>/dev/null)" ]
}

has_source() {
    [ -e "$(sysroot)/lib/rustlib/src/rust/library/std/Cargo.toml" ]
}

may_add() {
    [ -n "$install" ] && have rustup
}

# need_std RUST_TARGET: whether there is a standard library for it, or its source; sets $build_std.
need_std() {
    build_std=OFF
    has_std "$1" && return
    # No network, or a machine that Rust has no ready-made library for: both are no error yet.
    may_add && rustup target add "$1" >/dev/null 2>&1 && has_std "$1" && return
    build_std=ON
    need_source && return
    reason="no standard library of Rust for $1 (rustup target add $1), and $reason"
    return 1
}

need_source() {
    local package
    has_source && return
    may_add && rustup component add rust-src >/dev/null 2>&1 && has_source && return
    package=$(source_package)
    if [ -n "$package" ] && [ -n "$install" ] && can_install; then
        refresh_lists
        say "Installing: $package"
        install_packages "$package" || true
        has_source && return
    fi
    reason="the source of Rust's standard library is not installed (rustup component add rust-src${package:+; or $package})"
    return 1
}

# The Debian package with the source, where Rust comes from Debian.
source_package() {
    [ "$(sysroot)" = /usr ] && have dpkg-query || return
    if dpkg-query -W rustc-web >/dev/null 2>&1; then
        echo rust-web-src
    else
        echo rust-src
    fi
}
