# shellcheck shell=bash
#
# What cmake/test, cmake/demo and cmake/bench share: talking to the person who runs them, and getting the tools.
# Sourced, not run. Works as a user, as root and under sudo, from any directory, with blanks in paths.
#
#   say TEXT, note TEXT, fail TEXT
#   need_tools [real] [test] [bench]
#                                checks for everything, installs what is missing or tells what to install
#   build TARGET...              configures and builds; `all` builds everything
#   give_back                    under sudo: hands the build directory to the user who called
#
# Afterwards $tree is the source tree and $build_dir the build directory.

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build_dir=${SIPFAILOVER_BUILD_DIR:-$tree/build}
case $build_dir in
/*) ;;
*) build_dir=$PWD/$build_dir ;;
esac

# ---- words -----------------------------------------------------------------------------------------

say() {
    printf '\n==> %s\n' "$*"
}

note() {
    printf '    %s\n' "$*"
}

fail() {
    printf '\nFAILED: %s\n' "$*" >&2
    exit 1
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# ---- versions --------------------------------------------------------------------------------------

# at_least HAVE WANTED: compares the first two numbers, "1.96.0+dfsg" with "1.88".
at_least() {
    local have_major have_minor want_major want_minor
    [[ $1 =~ ^([0-9]+)\.([0-9]+) ]] || return 1
    have_major=${BASH_REMATCH[1]} have_minor=${BASH_REMATCH[2]}
    [[ $2 =~ ^([0-9]+)\.([0-9]+) ]] || return 1
    want_major=${BASH_REMATCH[1]} want_minor=${BASH_REMATCH[2]}
    [ "$have_major" -gt "$want_major" ] ||
        { [ "$have_major" -eq "$want_major" ] && [ "$have_minor" -ge "$want_minor" ]; }
}

# The oldest Rust that will do is written down once, in Cargo.toml.
rust_wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$tree/Cargo.toml")
cmake_wanted=3.18

# ---- rust ------------------------------------------------------------------------------------------

# The home of the user behind sudo; empty when there is none.
sudo_home() {
    [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ] || return 0
    getent passwd "$SUDO_USER" | cut -d: -f6
}

# rust_in DIRECTORY: whether a cargo and a rustc that are new enough are there. Prints the version.
rust_in() {
    local version
    [ -x "$1/cargo" ] && [ -x "$1/rustc" ] || return 1
    # The second word; from a directory without a toolchain file, and never installing one.
    version=$(cd / && RUSTUP_AUTO_INSTALL=0 "$1/rustc" --version 2>/dev/null | cut -d' ' -f2) || return 1
    RUSTUP_AUTO_INSTALL=0 "$1/cargo" --version >/dev/null 2>&1 || return 1
    at_least "$version" "$rust_wanted" || return 1
    printf '%s' "$version"
}

# Finds a good Rust and puts it first in PATH. Services, IDEs and sudo often have a PATH without
# rustup's directory, or with an older Rust of the distribution in front.
find_rust() {
    local dir version owner home cargo_home
    local dirs=()
    home=$(sudo_home)
    dir=$(command -v cargo 2>/dev/null) && dirs+=("$(dirname "$dir")")
    [ -z "${CARGO_HOME:-}" ] || dirs+=("$CARGO_HOME/bin")
    [ -z "${HOME:-}" ] || dirs+=("$HOME/.cargo/bin")
    dirs+=(/usr/local/cargo/bin /usr/local/bin /usr/bin)

    for dir in "${dirs[@]}"; do
        if version=$(rust_in "$dir"); then
            PATH=$dir:$PATH
            break
        fi
    done
    if [ -z "$version" ] && [ -n "$home" ]; then
        # rustup's programs look for their toolchains in the home of whoever runs them.
        if version=$(RUSTUP_HOME=${RUSTUP_HOME:-$home/.rustup} rust_in "$home/.cargo/bin"); then
            dir=$home/.cargo/bin
            export RUSTUP_HOME=${RUSTUP_HOME:-$home/.rustup}
            PATH=$dir:$PATH
        fi
    fi
    [ -n "$version" ] || return 1
    export PATH

    # Root must not write into a user's cargo home: the user's next build would fail. Under sudo
    # cargo keeps what it downloads in the build directory; the user's settings are still read.
    if [ -n "$home" ]; then
        cargo_home=${CARGO_HOME:-${HOME:-/root}/.cargo}
        owner=$(stat -c %u "$cargo_home" 2>/dev/null || echo 0)
        if [ "$owner" -ne 0 ] || [ "$dir" = "$home/.cargo/bin" ]; then
            mkdir -p "$build_dir/cargo-home" || fail "cannot write to $build_dir"
            if [ -r "$home/.cargo/config.toml" ] && [ ! -e "$build_dir/cargo-home/config.toml" ]; then
                ln -s "$home/.cargo/config.toml" "$build_dir/cargo-home/config.toml"
            fi
            export CARGO_HOME=$build_dir/cargo-home
        fi
    fi
    rust_version=$version
}

# The Debian packages with a Rust that is new enough; empty when there are none. Debian keeps newer
# ones for its web browsers as rustc-web and cargo-web, also in older releases.
rust_packages() {
    local suffix
    for suffix in "" -web; do
        if at_least "$(candidate "rustc$suffix")" "$rust_wanted" &&
            [ -n "$(candidate "cargo$suffix")" ]; then
            printf '%s\n' "rustc$suffix" "cargo$suffix"
            return
        fi
    done
}

# ---- packages --------------------------------------------------------------------------------------

# The version apt-get would install; empty when there is none.
candidate() {
    LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)$/\1/p'
}

# as_root COMMAND...
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Whether we can become root: we are, or sudo lets us, or there is a person to ask for a password.
can_install() {
    have apt-get || return 1
    [ "$(id -u)" -eq 0 ] && return 0
    have sudo || return 1
    sudo -n true 2>/dev/null || [ -t 0 ]
}

# install_packages PACKAGE...
#
# Installing Knot, Kamailio or Unbound would start them as services, on the real ports of this machine. Debian's
# way to prevent that is a /usr/sbin/policy-rc.d that answers 101, "not allowed" (setting RUNLEVEL
# is not enough: systemd does not look at it). It is there only while apt-get runs, and a policy that
# somebody else has put there stays untouched. Whoever is interrupted in between still takes it away.
install_packages() {
    # The inner shell expands, not this one.
    # shellcheck disable=SC2016
    as_root bash -c '
        policy=/usr/sbin/policy-rc.d
        ours=
        clean_up() { [ -z "$ours" ] || rm -f "$policy"; }
        trap clean_up EXIT
        trap "exit 1" INT TERM HUP
        if [ ! -e "$policy" ]; then
            ours=1
            printf "#!/bin/sh\nexit 101\n" >"$policy" && chmod 755 "$policy" || exit 1
        fi
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
            -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
    ' install_packages "$@" || return 1

    # Nor may they start at the next boot. Services that were there before are not ours to change.
    local package
    for package in "$@"; do
        case $package in
        knot | kamailio | unbound)
            ! have systemctl || as_root systemctl disable --quiet "$package.service" 2>/dev/null || true
            ;;
        esac
    done
}

lists_are_fresh=

refresh_lists() {
    [ -z "$lists_are_fresh" ] || return 0
    say "Updating the package lists"
    as_root apt-get update -q || note "apt-get update had problems; going on with the lists that are there"
    lists_are_fresh=1
}

# ---- the check -------------------------------------------------------------------------------------

# What is missing, as Debian packages. Called before and after installing.
missing_packages() {
    local kind
    have cc || have gcc || echo gcc
    have c++ || have g++ || echo g++
    # A compiler without the C library's headers exists: minimal images have it.
    [ -e /usr/include/stdio.h ] || ! have dpkg || echo libc6-dev
    # cargo downloads over HTTPS; --no-install-recommends leaves the certificates out.
    [ -e /etc/ssl/certs/ca-certificates.crt ] || ! have dpkg || echo ca-certificates
    have cmake && at_least "$(cmake --version | sed -n 's/^cmake version //p')" "$cmake_wanted" || echo cmake
    have make || have ninja || echo make
    have pkg-config || echo pkg-config
    have pkg-config && pkg-config --exists libosip2 || echo libosip2-dev
    for kind in "$@"; do
        case $kind in
        real)
            PATH=$PATH:/usr/sbin:/sbin
            have knotd || echo knot
            have kamailio || echo kamailio
            ;;
        esac
    done
}

# Tools that make tests and benchmark better and that nothing fails without.
missing_optional() {
    local PATH=$PATH:/usr/sbin:/sbin
    case " $* " in
    *" test "* | *" bench "*) have valgrind || echo valgrind ;;
    esac
    case " $* " in
    *" test "*)
        # dnsmasq-base is the program without the service.
        have dnsmasq || echo dnsmasq-base
        have unbound || echo unbound
        have abidiff || echo abigail-tools
        ;;
    esac
    case " $* " in
    *" bench "*)
        have pkg-config && pkg-config --exists libcares || echo libc-ares-dev
        have pkg-config && pkg-config --exists libre || echo libre-dev
        ;;
    esac
}

tell_rust() {
    note "Rust $rust_wanted or newer (cargo and rustc). The usual way, as the user who builds:"
    note "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
    if have rustc; then
        note "(There is $(cd / && rustc --version 2>/dev/null | cut -d' ' -f1,2), which is too old.)"
    fi
}

# need_tools [real] [test] [bench]
need_tools() {
    local missing optional rust=() package
    rust_version=

    say "Looking for the tools"
    mapfile -t missing < <(missing_packages "$@")
    mapfile -t optional < <(missing_optional "$@")

    if { [ "${#missing[@]}" -gt 0 ] || ! find_rust; } && can_install; then
        refresh_lists
        if ! find_rust; then
            mapfile -t rust < <(rust_packages)
        fi
        if [ $((${#missing[@]} + ${#rust[@]})) -gt 0 ]; then
            say "Installing: ${missing[*]} ${rust[*]}"
            install_packages "${missing[@]}" "${rust[@]}" || note "apt-get could not install everything"
        fi
        hash -r
        mapfile -t missing < <(missing_packages "$@")
    fi

    if [ "${#missing[@]}" -gt 0 ] || ! find_rust; then
        say "Please install what is missing, then run this again:"
        if [ "${#missing[@]}" -gt 0 ]; then
            note "packages (by their Debian names): ${missing[*]}"
            if have apt-get; then
                note "    apt-get install --no-install-recommends ${missing[*]}    (as root)"
            fi
        fi
        find_rust || tell_rust
        fail "tools are missing"
    fi

    if [ "${#optional[@]}" -gt 0 ] && can_install; then
        refresh_lists
        say "Installing, for better tests and comparisons: ${optional[*]}"
        install_packages "${optional[@]}" || true
        hash -r
        mapfile -t optional < <(missing_optional "$@")
    fi
    for package in ${optional[@]+"${optional[@]}"}; do
        note "$package is not here: what uses it is skipped"
    done

    note "Rust $rust_version, $(cmake --version | head -n 1), $(cc --version 2>/dev/null | head -n 1)"
}

# ---- building --------------------------------------------------------------------------------------

# build TARGET...
# ${settings[@]}, where a script has them, are given to CMake as well.
build() {
    local jobs arguments=(${settings[@]+"${settings[@]}"})
    jobs=$(nproc 2>/dev/null || echo 2)

    say "Configuring in $build_dir"
    # A build directory keeps the generator it began with.
    if [ ! -e "$build_dir/CMakeCache.txt" ] && have ninja; then
        arguments+=(-G Ninja)
    fi
    # Another cargo than last time may be in front now.
    cmake -S "$tree" -B "$build_dir" ${arguments[@]+"${arguments[@]}"} "-DSIPFAILOVER_CARGO=$(command -v cargo)" \
        -DSIPFAILOVER_BUILD_TESTS=ON -DSIPFAILOVER_BUILD_EXAMPLES=ON ||
        fail "cmake could not configure. If the tree was moved, delete $build_dir and run this again."

    say "Building (the first time takes a minute or two)"
    cmake --build "$build_dir" --parallel "$jobs" --target "$@" || fail "the build failed"
}

give_back() {
    [ "$(id -u)" -eq 0 ] && [ "${SUDO_UID:-0}" -ne 0 ] && [ -d "$build_dir" ] || return 0
    # Only in a tree of that user; -h: what a link points to stays as it is.
    [ "$(stat -c %u "$tree")" -eq "$SUDO_UID" ] || return 0
    chown -Rh "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$build_dir"
}
