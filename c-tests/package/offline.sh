#!/usr/bin/env bash
#
# A copy of the tree with vendored crates builds, and its program runs, without a network and without what cargo has
# downloaded before. Exit status 77: it cannot be tried here, and why.
#
#   offline.sh TREE WORK CMAKE CARGO

set -u

source=$1 work=$2 cmake=$3 cargo=$4

skip() {
    echo "skipped: $*"
    exit 77
}

fail() {
    echo "$*" >&2
    exit 1
}

# The network is off in a namespace of its own, where one may be made; else cargo is told not to use it.
without_network=(env CARGO_NET_OFFLINE=true)
if unshare --net true 2>/dev/null; then
    without_network=(unshare --net env)
elif unshare --user --map-root-user --net true 2>/dev/null; then
    without_network=(unshare --user --map-root-user --net env)
else
    echo "no network namespace may be made here: cargo is only told to stay offline"
fi

# A blank in the name. Only what belongs to the source.
tree="$work/the tree"
rm -rf "$work" || exit 1
mkdir -p "$tree" || exit 1
for part in CMakeLists.txt Cargo.toml Cargo.lock build.rs src include cmake README.md; do
    cp -R "$source/$part" "$tree" || exit 1
done

# Vendoring itself needs the network; what was downloaded before will do, too.
PATH=$(dirname "$cargo"):$PATH
if ! timeout 120 "$tree/cmake/vendor" >"$work/vendor.log" 2>&1; then
    tail -n 5 "$work/vendor.log"
    skip "the crates cannot be downloaded"
fi

# rustup finds its compilers in the home of the user, not in that of cargo.
mkdir -p "$work/empty" || exit 1
if ! "${without_network[@]}" CARGO_HOME="$work/empty" "$cmake" -S "$tree" -B "$work/build" -DCMAKE_BUILD_TYPE=Debug \
    "-DSIPFAILOVER_CARGO=$cargo" -DSIPFAILOVER_BUILD_TESTS=OFF -DSIPFAILOVER_BUILD_EXAMPLES=OFF >"$work/build.log" 2>&1 ||
    ! "${without_network[@]}" CARGO_HOME="$work/empty" "$cmake" --build "$work/build" >>"$work/build.log" 2>&1; then
    tail -n 30 "$work/build.log"
    fail "the vendored tree does not build without a network"
fi
# Debug is the profile that keeps the checks and the symbols.
[ -e "$work/build/cargo/debug/libsipfailover.so" ] || fail "CMAKE_BUILD_TYPE=Debug does not build the dev profile"
