#!/usr/bin/env bash
#
# Runs the resolution vectors through the DNS driver of the library against real servers: Knot as name server, Unbound as
# resolver, dnsmasq as forwarder. The targets have to be those that the vectors say.
#
#   real_servers.sh VECTORS_PROGRAM DIRECTORY_OF_THE_TEST_SERVERS
#
# Exit status: 0 all good, 1 not, 77 when Knot is not installed (CTest counts that as skipped). Unbound and dnsmasq are
# skipped by name where they are not installed.

set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)
program=${1:?use: real_servers.sh VECTORS_PROGRAM DIRECTORY_OF_THE_TEST_SERVERS}
bin=${2:?use: real_servers.sh VECTORS_PROGRAM DIRECTORY_OF_THE_TEST_SERVERS}

# shellcheck source=../../cmake/servers.sh
. "$tree/cmake/servers.sh"
# shellcheck source=../real/start-real.sh
. "$tree/c-tests/real/start-real.sh"
# shellcheck source=../real/start-dns.sh
. "$tree/c-tests/real/start-dns.sh"

# Fewer than this mean that vectors were lost on the way, not that all is well.
fewest=230
# A server that answers needs a second for all vectors.
longest_seconds=60

if ! real_tool knotd >/dev/null; then
    echo "skipped: knot is not installed"
    exit 77
fi

failed=0

wrong() {
    echo "FAILED  $*"
    failed=1
}

# run NAME FEWEST OPTION... : leaves what was counted in $held, $queries, $connections, $timeouts.
held=0 queries=0 connections=0 timeouts=0
run() {
    local name=$1 least=$2 out=$SERVERS_DIR/out last
    shift 2
    timeout "$longest_seconds" "$program" check "$@" "$here"/*.vec >"$out" 2>&1 || wrong "$name"
    last=$(tail -n 1 "$out")
    [[ $last =~ ^held=([0-9]+)\ failed=[0-9]+\ skipped=[0-9]+\ queries=([0-9]+)\ connections=([0-9]+)\ timeouts=([0-9]+)$ ]] ||
        { wrong "$name: it ended with: $last"; return; }
    held=${BASH_REMATCH[1]} queries=${BASH_REMATCH[2]} connections=${BASH_REMATCH[3]} timeouts=${BASH_REMATCH[4]}
    [ "$held" -ge "$least" ] || wrong "$name: only $held vectors"
    echo "$name: $last"
    grep -v -e '^skipped: ' -e '^held=' "$out"
}

# is TEXT TEST... : a condition about what was counted.
is() {
    local text=$1
    shift
    [ "$@" ] || wrong "$text (queries=$queries connections=$connections timeouts=$timeouts)"
}

# Called through "$@" only, which shellcheck cannot see.
# shellcheck disable=SC2317
knows() {
    [ "$("$bin/udp_probe" dns "$1" "ns.$2" A --wait-ms 500 2>/dev/null | tr '\n' ' ')" = "rcode=0 answers=1 " ]
}

# A resolver refuses the question without recursion that the probe asks: it is up, and that is enough.
# shellcheck disable=SC2317
is_up() {
    "$bin/udp_probe" dns "$1" "ns.${zone_names%%$'\n'*}" A --wait-ms 500 2>/dev/null | grep -q '^rcode='
}

# wait_for_zones: they are loaded one after the other, not always in their order.
wait_for_zones() {
    local zone
    for zone in $zone_names; do
        wait_until 15 knows "127.0.0.1:$port" "$zone" || { wrong "Knot does not know the zone $zone"; return 1; }
    done
}

free_port() {
    "$bin/udp_probe" port "$1" 0
}

# ---- the servers -----------------------------------------------------------------------------------

servers_begin || exit 1
zones=$SERVERS_DIR/zones
mkdir "$zones" && "$program" zones "$zones" "$here"/*.vec || exit 1
zone_names=$(sed -n 's/^  - domain: //p' "$zones/zones.conf")

port=$(free_port 127.0.0.1) closed_port=$(free_port 127.0.0.1)
listen="127.0.0.1@$port"
v6=
if grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null; then
    v6=1
    listen="$listen, ::1@$port"
fi
real_start_vector_knot "$SERVERS_DIR" "$listen" "$zones" || exit 1
wait_for_zones

# start_unbound NAME PAYLOAD: leaves its port in $unbound_port.
start_unbound() {
    unbound_port=$(free_port 127.0.0.1)
    real_start_unbound "$SERVERS_DIR" "$1" 127.0.0.1 "$unbound_port" "$2" "127.0.0.1@$port" || exit 1
    wait_until 15 is_up "127.0.0.1:$unbound_port" || wrong "$1 does not answer"
}

# ---- the runs --------------------------------------------------------------------------------------

"$program" check --server "127.0.0.1:$port" "$here"/*.vec | grep '^skipped: '

run "Knot" "$fewest" --server "127.0.0.1:$port"
is "nobody is silent" "$timeouts" -eq 0
large=$connections

if [ -n "$v6" ]; then
    run "Knot over IPv6" "$fewest" --server "[::1]:$port"
else
    echo "skipped: IPv6 (this machine has none)"
fi

run "Knot over TCP alone" "$fewest" --tcp --server "127.0.0.1:$port"
is "every query has a connection" "$connections" -eq "$queries"

run "the first of two servers refuses" "$fewest" --server "127.0.0.1:$closed_port" --server "127.0.0.1:$port"
is "a closed port is found out at once" "$timeouts" -eq 0

if real_tool unbound >/dev/null; then
    start_unbound short-unbound 512
    short=$REAL_PID short_port=$unbound_port
    run "Unbound with short datagrams" "$fewest" --any-reason --server "127.0.0.1:$short_port"
    is "more answers are fetched over TCP" "$connections" -gt "$large"

    group_freeze "$short"
    run "the first of two servers is silent" 20 --impatient --only "srv: " \
        --server "127.0.0.1:$short_port" --server "127.0.0.1:$port"
    is "it is waited for" "$timeouts" -gt 0
    group_thaw "$short"

    start_unbound unbound 1232
    run "Unbound" "$fewest" --any-reason --server "127.0.0.1:$unbound_port"
else
    echo "skipped: unbound is not installed"
fi

if real_tool unbound >/dev/null && real_tool dnsmasq >/dev/null; then
    dnsmasq_port=$(free_port 127.0.0.1)
    real_start_dnsmasq "$SERVERS_DIR" 127.0.0.1 "$dnsmasq_port" 127.0.0.1 "$unbound_port" || exit 1
    wait_until 15 is_up "127.0.0.1:$dnsmasq_port" || wrong "dnsmasq does not answer"
    run "dnsmasq" "$fewest" --any-reason --server "127.0.0.1:$dnsmasq_port"
else
    echo "skipped: dnsmasq is not installed, or not the resolver that it asks"
fi

if [ "$failed" -ne 0 ]; then
    for log in "$SERVERS_DIR"/*.log; do
        echo "---- last lines of $(basename "$log")"
        tail -n 20 "$log"
    done
fi
exit "$failed"
