#!/usr/bin/env bash
#
# What one event costs in an engine with 1, 100, 10,000 and 100,000 accounts, and whether that grows at most with the
# logarithm of their number.
#
#   run_scale.sh PROGRAMS [--quick]
#
# PROGRAMS is the directory with bench_scale and bench_scale_heap. --quick leaves 100,000 accounts out. Exit status 1:
# something grows faster; 2: something did not run; 77: valgrind is not installed.

set -u

# Instructions and allocations repeat exactly; more events only take longer.
events=40
# Instructions that an event may cost more for each doubling of the number of accounts: the way through a heap of
# deadlines gets one step longer, which is some comparisons and exchanges, several times an event.
per_doubling=250

fail() {
    printf 'bench: %s\n' "$*" >&2
    exit 2
}

[ "$#" -ge 1 ] || fail "usage: run_scale.sh PROGRAMS [--quick]"
programs=$1
sizes=(1 100 10000 100000)
[ "${2:-}" != --quick ] || sizes=(1 100 10000)
command -v valgrind >/dev/null 2>&1 || {
    printf 'bench: skipped: valgrind is not installed\n'
    exit 77
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/sipfailover-scale.XXXXXX") || fail "no scratch directory"
trap 'rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# instructions ACCOUNTS CASE: of one event
instructions() {
    LD_BIND_NOW=1 valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file=/dev/null \
        "$programs/bench_scale" "$1" "$2" "$events" >/dev/null 2>"$scratch/callgrind" || fail "$2 did not run under callgrind"
    sed -n 's/^==[0-9]*== Collected : \([0-9]*\)$/\1/p' "$scratch/callgrind"
}

# Doublings from 100 to the number of accounts.
declare -A doublings=([1]=0 [100]=0 [10000]=7 [100000]=10)
missed=0

printf '%-9s %9s %13s %12s %14s %14s\n' event accounts instructions allocations 'load, ms' 'register, ms'
for bench in route answer failure renewal; do
    base='' base_allocations=''
    for accounts in "${sizes[@]}"; do
        "$programs/bench_scale_heap" "$accounts" "$bench" "$events" >"$scratch/line" || fail "$bench did not run"
        read -r _ _ _ allocations load_ms register_ms <"$scratch/line"
        collected=$(instructions "$accounts" "$bench") || exit 2
        [ "${collected:-0}" -gt 0 ] || fail "callgrind collected nothing for $bench"
        each=$((collected / events))
        printf '%-9s %9s %13s %12s %14s %14s\n' "$bench" "$accounts" "$each" "$allocations/$events" "$load_ms" "$register_ms"
        # With one account nothing else is due between two events, so that 100 are what others are compared with.
        [ "$accounts" != 100 ] || base=$each
        base_allocations=${base_allocations:-$allocations}
        if [ -n "$base" ] && [ "$each" -gt $((base + per_doubling * doublings[$accounts])) ]; then
            printf 'MISSED: %s with %s accounts: at most %s instructions\n' "$bench" "$accounts" \
                $((base + per_doubling * doublings[$accounts]))
            missed=1
        fi
        if [ "$allocations" -gt "$base_allocations" ]; then
            printf 'MISSED: %s with %s accounts: at most %s allocations\n' "$bench" "$accounts" "$base_allocations"
            missed=1
        fi
    done
done
exit "$missed"
