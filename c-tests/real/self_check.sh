#!/usr/bin/env bash
#
# Proves that the real servers of the demonstration start here and do what it needs: Knot answers
# NAPTR, both Kamailio registrars challenge and accept REGISTER and carry a call, SIGSTOP silences
# one and SIGCONT brings it back.
#
#   self_check.sh DIRECTORY_OF_THE_TEST_SERVERS
#
# The directory holds udp_probe and sip_responder as CMake built them. Exit status: 0 all good, 1 not,
# 77 when Knot or Kamailio is not installed (CTest counts that as skipped).

set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)
bin=${1:?use: self_check.sh DIRECTORY_OF_THE_TEST_SERVERS}

# shellcheck source=../../cmake/servers.sh
. "$tree/cmake/servers.sh"
# shellcheck source=start-real.sh
. "$here/start-real.sh"

if ! real_tool knotd >/dev/null || ! real_tool kamailio >/dev/null; then
    echo "skipped: knot or kamailio is not installed"
    exit 77
fi

failed=0

# check TEXT COMMAND...
check() {
    local text=$1
    shift
    if "$@"; then
        echo "ok      $text"
    else
        echo "FAILED  $text"
        failed=1
    fi
}

# answers WANTED ARGUMENTS... : whether the probe prints exactly that.
# Called through "$@" only, which shellcheck cannot see.
# shellcheck disable=SC2317
answers() {
    local wanted=$1
    shift
    [ "$("$bin/udp_probe" "$@" | tr '\n' ' ')" = "$wanted " ]
}

servers_begin || exit 1

dns_port=$("$bin/udp_probe" port 127.0.0.1 0)
primary_port=$("$bin/udp_probe" port 127.0.0.11 0)
backup_port=$("$bin/udp_probe" port 127.0.0.12 0)
callee_port=$("$bin/udp_probe" port 127.0.0.13 0)

real_start_knot "$SERVERS_DIR" 127.0.0.1 "$dns_port" "$tree/examples/phone/demo/demo.zone" || exit 1
real_start_kamailio "$SERVERS_DIR" primary 127.0.0.11 "$primary_port" "127.0.0.13:$callee_port" || exit 1
primary=$REAL_PID
real_start_kamailio "$SERVERS_DIR" backup 127.0.0.12 "$backup_port" "127.0.0.13:$callee_port" || exit 1
group_start "$SERVERS_DIR/callee.log" \
    "$bin/sip_responder" --name callee --listen "127.0.0.13:$callee_port" --max-seconds 60

check "Knot answers NAPTR" wait_until 15 answers "rcode=0 answers=1" \
    dns "127.0.0.1:$dns_port" demo.example NAPTR --wait-ms 500
check "Knot answers SRV" answers "rcode=0 answers=2" dns "127.0.0.1:$dns_port" _sip._udp.demo.example SRV
for name in primary backup; do
    [ "$name" = primary ] && address=127.0.0.11:$primary_port || address=127.0.0.12:$backup_port
    check "$name is up" wait_until 15 answers "200" options "$address" --wait-ms 500
    check "$name: REGISTER, 401, then 200" answers "401 200" register "$address" demo.example 1001 secret
    check "$name: REGISTER with a wrong password, 401" \
        answers "401 401" register "$address" demo.example 1001 wrong
    check "$name: a call through it to the callee" \
        answers "200 200" call "$address" sip:echo@demo.example --wait-ms 3000
done

group_freeze "$primary"
check "primary: silent while it is frozen" answers "no answer" options "127.0.0.11:$primary_port"
group_thaw "$primary"
check "primary: back again" wait_until 5 answers "200" options "127.0.0.11:$primary_port" --wait-ms 500
group_stop "$primary"
check "primary: no process of it is left" group_gone "$primary"

if [ "$failed" -ne 0 ]; then
    for log in "$SERVERS_DIR"/*.log; do
        echo "---- last lines of $(basename "$log")"
        tail -n 20 "$log"
    done
fi
exit "$failed"
