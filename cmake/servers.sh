# shellcheck shell=bash
#
# Starting and ending servers from a script so that none stays behind: not after a failure, not after
# Ctrl-C, not even when the script itself is killed. Sourced, not run.
#
#   servers_begin                     once, first: makes SERVERS_DIR, installs the traps
#   group_start LOG COMMAND...        starts COMMAND as a process group of its own; sets GROUP_PID
#   group_freeze PID, group_thaw PID  SIGSTOP and SIGCONT for all its processes
#   group_stop PID                    ends it and waits for it
#   wait_until SECONDS COMMAND...     repeats COMMAND until it succeeds
#
# A server such as Kamailio is many processes: a group reaches them all, by a number that we know,
# never by a name that somebody else's server may have too.

SERVERS_DIR=
GROUP_PID=
servers_groups=()

servers_begin() {
    SERVERS_DIR=$(mktemp -d "${TMPDIR:-/tmp}/sipfailover.XXXXXX") || return 1
    : >"$SERVERS_DIR/groups"
    trap servers_end EXIT
    # An EXIT trap alone does not run on a signal in every case: turn the signal into an exit.
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP

    # SIGKILL cannot be trapped. A watcher in a group of its own sees this script go and ends what it
    # left. It looks once a second and costs nothing.
    set -m
    servers_watch "$$" "$SERVERS_DIR" </dev/null >/dev/null 2>&1 &
    servers_watcher=$!
    set +m
    disown "$servers_watcher"
}

servers_watch() {
    local main=$1 dir=$2 pid
    trap - EXIT INT TERM HUP
    while kill -0 "$main" 2>/dev/null; do
        sleep 1
    done
    while read -r pid; do
        kill -KILL -- "-$pid" 2>/dev/null
    done <"$dir/groups"
    rm -rf -- "$dir"
}

group_start() {
    local log=$1
    shift
    # With job control on, bash gives a background job its own process group, numbered as the job.
    set -m
    "$@" </dev/null >"$log" 2>&1 &
    GROUP_PID=$!
    set +m
    servers_groups+=("$GROUP_PID")
    echo "$GROUP_PID" >>"$SERVERS_DIR/groups"
}

group_freeze() {
    kill -STOP -- "-$1"
}

group_thaw() {
    kill -CONT -- "-$1"
}

group_alive() {
    kill -0 -- "-$1" 2>/dev/null
}

group_stop() {
    local pid=$1 left=() other
    if group_alive "$pid"; then
        # A frozen process takes no SIGTERM: wake it too.
        kill -TERM -- "-$pid" 2>/dev/null
        kill -CONT -- "-$pid" 2>/dev/null
        wait_until 3 group_gone "$pid" || kill -KILL -- "-$pid" 2>/dev/null
    fi
    wait "$pid" 2>/dev/null
    # Forget the number: once it is free, it may become somebody else's.
    for other in ${servers_groups[@]+"${servers_groups[@]}"}; do
        [ "$other" = "$pid" ] || left+=("$other")
    done
    servers_groups=(${left[@]+"${left[@]}"})
    printf '%s\n' ${left[@]+"${left[@]}"} >"$SERVERS_DIR/groups"
    return 0
}

group_gone() {
    ! group_alive "$1"
}

servers_end() {
    local status=$? pid
    trap - EXIT
    # A second Ctrl-C must not leave the clean-up half done.
    trap '' INT TERM HUP
    for pid in ${servers_groups[@]+"${servers_groups[@]}"}; do
        group_stop "$pid"
    done
    kill -- "-$servers_watcher" 2>/dev/null
    [ -z "$SERVERS_DIR" ] || rm -rf -- "$SERVERS_DIR"
    exit "$status"
}

wait_until() {
    local ends=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$ends" ] || return 1
        sleep 0.1
    done
}
