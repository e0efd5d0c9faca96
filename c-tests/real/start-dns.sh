# shellcheck shell=bash
#
# Real DNS servers for the resolution vectors, on loopback addresses and unprivileged ports. Sourced, not run, after
# cmake/servers.sh and start-real.sh.
#
#   real_start_vector_knot DIR LISTEN ZONES          name server; LISTEN: "127.0.0.1@PORT, ::1@PORT"; ZONES: directory
#                                                    with zones.conf
#   real_start_unbound DIR NAME ADDRESS PORT PAYLOAD UPSTREAM_ADDRESS@PORT
#                                                    resolver; PAYLOAD: its longest datagram
#   real_start_dnsmasq DIR ADDRESS PORT UPSTREAM_ADDRESS PORT
#                                                    forwarder with a cache, as in home routers
#
# Each leaves the server's process id, which is also its process group, in REAL_PID, and its log in DIR/NAME.log.

real_dns_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

real_start_vector_knot() {
    local dir=$1 knotd
    knotd=$(real_tool knotd) || return 1
    mkdir -p "$dir/knot" || return 1
    real_fill "$real_dns_here/knot-vectors.conf.in" "DIR=$dir/knot" "LISTEN=$2" "ZONES=$3" \
        >"$dir/knot/knot.conf" || return 1
    group_start "$dir/knot.log" "$knotd" -c "$dir/knot/knot.conf" -s "$dir/knot/knot.sock"
    REAL_PID=$GROUP_PID
}

real_start_unbound() {
    local dir=$1 name=$2 unbound
    unbound=$(real_tool unbound) || return 1
    mkdir -p "$dir/$name" || return 1
    real_fill "$real_dns_here/unbound.conf.in" "DIR=$dir/$name" "ADDRESS=$3" "PORT=$4" "PAYLOAD=$5" "UPSTREAM=$6" \
        >"$dir/$name/unbound.conf" || return 1
    group_start "$dir/$name.log" "$unbound" -d -c "$dir/$name/unbound.conf"
    REAL_PID=$GROUP_PID
}

real_start_dnsmasq() {
    local dir=$1 dnsmasq
    dnsmasq=$(real_tool dnsmasq) || return 1
    # Nothing of this machine's own settings. It would leave root's rights behind, but needs none to begin with.
    group_start "$dir/dnsmasq.log" "$dnsmasq" --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
        --bind-interfaces --listen-address="$2" --port="$3" --server="$4#$5" --pid-file= --user="$(id -un)" \
        --log-facility=-
    # Used by whoever sources this.
    # shellcheck disable=SC2034
    REAL_PID=$GROUP_PID
}
