# shellcheck shell=bash
#
# Real servers for the demonstration: Knot and two Kamailio registrars, as the current user, on
# loopback addresses and unprivileged ports, with everything they write in one temporary directory.
# Sourced, not run. Needs bash, coreutils and sed.
#
#   real_start_knot DIR ADDRESS PORT ZONE_FILE
#   real_start_kamailio DIR NAME ADDRESS PORT CALLEE_ADDRESS:PORT
#
# Each leaves the server's process id, which is also its process group, in REAL_PID and its log in
# DIR/NAME.log. Ending them is the caller's: `group_stop` in cmake/servers.sh.
#
# cmake/servers.sh must be sourced first (group_start).

real_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Debian puts daemons into /usr/sbin, which is not in every user's PATH.
real_tool() {
    PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin" command -v "$1"
}

# real_fill TEMPLATE NAME=VALUE... : prints the template with every @NAME@ replaced. Values go through
# bash, not sed: a path may hold any character.
real_fill() {
    local text pair
    text=$(cat "$1") || return 1
    shift
    for pair in "$@"; do
        text=${text//"@${pair%%=*}@"/"${pair#*=}"}
    done
    printf '%s\n' "$text"
}

real_start_knot() {
    local dir=$1 address=$2 port=$3 zone=$4 knotd
    knotd=$(real_tool knotd) || { echo "knotd is not installed" >&2; return 1; }
    mkdir -p "$dir/knot" || return 1
    cp -- "$zone" "$dir/knot/demo.zone" || return 1
    real_fill "$real_here/knot.conf.in" "DIR=$dir/knot" "DNS_ADDRESS=$address" "DNS_PORT=$port" \
        >"$dir/knot/knot.conf" || return 1
    # Its own control socket: an installed Knot may be running on this machine.
    group_start "$dir/knot.log" "$knotd" -c "$dir/knot/knot.conf" -s "$dir/knot/knot.sock"
    REAL_PID=$GROUP_PID
}

real_start_kamailio() {
    local dir=$1 name=$2 address=$3 port=$4 callee=$5 kamailio
    kamailio=$(real_tool kamailio) || { echo "kamailio is not installed" >&2; return 1; }
    mkdir -p "$dir/$name" || return 1
    real_fill "$real_here/kamailio.cfg.in" "NAME=$name" "ADDRESS=$address" "PORT=$port" \
        "DOMAIN=demo.example" "USER=1001" "PASSWORD=secret" "CALLEE=$callee" \
        >"$dir/$name/kamailio.cfg" || return 1
    # -DD: several processes, but the first stays in the foreground and in our process group.
    # -m, -M: 16 and 4 MB are plenty. -Y: its run-time files, away from /run. No -u and -g: it stays
    # the user who starts it, root included, and nothing it writes needs another owner.
    group_start "$dir/$name.log" "$kamailio" -f "$dir/$name/kamailio.cfg" \
        -DD -E -m 16 -M 4 -Y "$dir/$name" -w "$dir/$name"
    # Used by whoever sources this.
    # shellcheck disable=SC2034
    REAL_PID=$GROUP_PID
}
