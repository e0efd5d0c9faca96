#!/usr/bin/env bash
#
# Runs the benchmark programs and compares what they say with the bars in bars.txt.
#
#   run.sh PROGRAMS RESPONDER LIBRARY [--only counts|instructions|c-ares|libre] [--strict] [--json FILE]
#
# PROGRAMS is the directory with bench_sipfailover and the peers, RESPONDER the dns_responder, LIBRARY the
# shared library. Without --only: everything there is. Exit status 1: a bar was missed that must hold (with
# --strict: any bar); 2: something did not run; 77: what was asked for is not installed.

set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
zone=$here/zone.txt
# Counts repeat exactly; time is the least of this many rounds. The responder's log of a run fits into a pipe.
rounds=100
# Each round costs valgrind some milliseconds, and instructions hardly differ between rounds.
callgrind_rounds=20

fail() {
    printf 'bench: %s\n' "$*" >&2
    exit 2
}

skip() {
    printf 'bench: skipped: %s\n' "$*"
    exit 77
}

[ "$#" -ge 3 ] || fail "usage: run.sh PROGRAMS RESPONDER LIBRARY [options]"
programs=$1 responder=$2 library=$3
shift 3
only='' strict='' json=''
while [ "$#" -gt 0 ]; do
    case $1 in
    --only) only=${2:-} && shift ;;
    --strict) strict=1 ;;
    --json) json=${2:-} && shift ;;
    *) fail "unknown option '$1'" ;;
    esac
    shift || fail "a value is missing"
done

scratch=$(mktemp -d "${TMPDIR:-/tmp}/sipfailover-bench.XXXXXX") || fail "no scratch directory"
trap 'rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- running -----------------------------------------------------------------------------------------

# What a case took: figure[client/case/what].
declare -A figure
declare -A version
clients=()

# count CLIENT CASE
count() {
    local name ver bench done_rounds allocations bytes packets ns held peak
    "$programs/bench_$1_heap" "$responder" "$zone" "$2" "$rounds" >"$scratch/line" || fail "$1 $2 did not run"
    read -r name ver bench done_rounds allocations bytes packets ns held peak <"$scratch/line"
    [ "$bench $done_rounds" = "$2 $rounds" ] || fail "$name $2 printed something else"
    version[$1]=$ver
    figure[$1/$2/allocations]=$allocations figure[$1/$2/bytes]=$bytes figure[$1/$2/packets]=$packets
    figure[$1/$2/ns]=$ns figure[$1/$2/held]=$held figure[$1/$2/peak]=$peak
}

# instructions CLIENT CASE: in user space only, of the measured part only. LD_BIND_NOW: what the dynamic
# linker does at the first call of a function is no part of a chain.
instructions() {
    local collected
    LD_BIND_NOW=1 valgrind --tool=callgrind --collect-atstart=no --toggle-collect=bench_measured \
        --callgrind-out-file=/dev/null "$programs/bench_$1" "$responder" "$zone" "$2" "$callgrind_rounds" \
        >"$scratch/line" 2>"$scratch/callgrind" || fail "$1 $2 did not run under callgrind"
    collected=$(sed -n 's/^==[0-9]*== Collected : \([0-9]*\)$/\1/p' "$scratch/callgrind")
    [ -n "$collected" ] || fail "callgrind collected nothing for $1 $2"
    figure[$1/$2/instructions]=$((collected / callgrind_rounds))
}

# run_client CLIENT COUNTS INSTRUCTIONS: all its cases
run_client() {
    local bench
    [ -x "$programs/bench_$1" ] || return 1
    clients+=("$1")
    for bench in $("$programs/bench_$1" --list); do
        [ -z "$2" ] || count "$1" "$bench"
        [ -z "$3" ] || [ "$bench" = accounts ] || instructions "$1" "$bench"
    done
}

have_valgrind=
! command -v valgrind >/dev/null 2>&1 || have_valgrind=1

case $only in
'')
    run_client sipfailover 1 "$have_valgrind" || fail "bench_sipfailover is not built"
    run_client c-ares 1 "$have_valgrind"
    run_client libre 1 "$have_valgrind"
    ;;
counts) run_client sipfailover 1 '' || fail "bench_sipfailover is not built" ;;
instructions)
    [ -n "$have_valgrind" ] || skip "valgrind is not installed"
    run_client sipfailover '' 1 || fail "bench_sipfailover is not built"
    ;;
c-ares | libre) run_client "$only" 1 '' || skip "$only was not installed when this was built" ;;
*) fail "--only takes counts, instructions, c-ares or libre" ;;
esac

# ---- the table ---------------------------------------------------------------------------------------

# show CLIENT CASE WHAT
show() {
    printf '%s' "${figure[$1/$2/$3]:--}"
}

# time_ratio CLIENT CASE: its time, as a multiple of ours in the same case
time_ratio() {
    local ours=${figure[sipfailover/$2/ns]:-} its=${figure[$1/$2/ns]:-}
    if [ -n "$ours" ] && [ -n "$its" ]; then
        awk -v ours="$ours" -v its="$its" 'BEGIN { printf "%.2f", its / ours }'
    else
        printf -- '-'
    fi
}

printf '\n%-12s %-9s %-11s %12s %11s %8s %8s %8s %8s %7s\n' case client version \
    instructions allocations bytes held peak packets time
for bench in cold additional cached outcome accounts; do
    for client in "${clients[@]}"; do
        [ -n "${figure[$client/$bench/instructions]:-}${figure[$client/$bench/ns]:-}" ] || continue
        printf '%-12s %-9s %-11s %12s %11s %8s %8s %8s %8s %7s\n' "$bench" "${client/sipfailover/ours}" \
            "${version[$client]:--}" "$(show "$client" "$bench" instructions)" \
            "$(show "$client" "$bench" allocations)" "$(show "$client" "$bench" bytes)" \
            "$(show "$client" "$bench" held)" "$(show "$client" "$bench" peak)" \
            "$(show "$client" "$bench" packets)" "$(time_ratio "$client" "$bench")"
    done
done

# ---- the bars ----------------------------------------------------------------------------------------

missed=0

# value NAME: what was measured for a bar; empty when it was not measured
value() {
    local one many
    case $1 in
    cold-*) printf '%s' "${figure[sipfailover/cold/${1#cold-}]:-}" ;;
    additional-*) printf '%s' "${figure[sipfailover/additional/${1#additional-}]:-}" ;;
    route-*) printf '%s' "${figure[sipfailover/cached/${1#route-}]:-}" ;;
    outcome-*) printf '%s' "${figure[sipfailover/outcome/${1#outcome-}]:-}" ;;
    heap-one-account) printf '%s' "${figure[sipfailover/cold/held]:-}" ;;
    heap-further-account)
        # 101 accounts against one.
        one=${figure[sipfailover/cold/held]:-} many=${figure[sipfailover/accounts/held]:-}
        [ -z "$one" ] || [ -z "$many" ] || printf '%s' $(((many - one) / 100))
        ;;
    library-size)
        if command -v strip >/dev/null 2>&1 && strip -o "$scratch/library" "$library" 2>/dev/null; then
            stat -c %s "$scratch/library"
        fi
        ;;
    *) fail "no such bar: $1" ;;
    esac
}

case $only in
c-ares | libre) exit 0 ;;
esac
printf '\n%-22s %10s %10s  %s\n' bar limit measured ''
while read -r name limit unit kind; do
    case $name in '' | '#'*) continue ;; esac
    measured=$(value "$name") || exit 2
    [ -n "$measured" ] || continue
    if [ "$measured" -le "$limit" ]; then
        verdict=held
    else
        verdict='MISSED'
        if [ "$kind" = always ] || [ -n "$strict" ]; then
            missed=$((missed + 1))
        fi
    fi
    printf '%-22s %10s %10s  %s (%s)\n' "$name" "$limit" "$measured" "$verdict" "$unit"
done <"$here/bars.txt"

if [ -n "$json" ]; then
    {
        printf '{\n'
        separator=''
        for key in "${!figure[@]}"; do
            printf '%s  "%s": %s' "$separator" "$key" "${figure[$key]}"
            separator=$',\n'
        done
        printf '\n}\n'
    } >"$json" || fail "cannot write $json"
fi

[ "$missed" -eq 0 ] || exit 1
