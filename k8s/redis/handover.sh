#!/bin/sh
# A Redis that starts while another one serves the same volume becomes its replica, and takes over when that one leaves.
# Which of them takes writes, whoever dies when, is the rule "Who may write" of docs/explanation/outages.md.
set -eu

cd "${DATA_DIRECTORY:-/data}"
host=${POD_IP:-127.0.0.1}
port=${PORT:-6379}
# Where clients find the Redis that is ready.
service=${SERVICE_HOST:-redis}
service_port=${SERVICE_PORT:-6379}
# A Redis that leaves waits so many seconds for a successor, and for it to have everything. The grace period is longer.
successor_seconds=${SUCCESSOR_SECONDS:-20}
HANDOVER_SECONDS=60
# How long clients are kept from a successor that does not say that it has taken over, which takes it some 10 ms.
TAKEOVER_SECONDS=2
# A number of replicas that there will never be: as `min-replicas-to-write` it stops all writes.
SHUT=99
NEWLINE='
'

say() { echo "handover: $*" >&2; }
fail() {
  say "$@"
  exit 1
}

# Asks a Redis, not for long; fails when it answers with an error.
ask() { timeout 2 redis-cli -e -p "$port" "$@"; }
ask_at() { timeout 2 redis-cli -e -h "$@"; }

# Reads what a Redis says of itself, by default that of this pod, into `info`.
read_info() {
  info=$(ask_at "${1:-127.0.0.1}" -p "${2:-$port}" INFO | tr -d '\r')
  [ -n "$info" ]
}
value_of() { printf '%s\n' "$info" | sed -n "s/^$1://p"; }
is() { case "$NEWLINE$info$NEWLINE" in *"$NEWLINE$1:$2$NEWLINE"*) ;; *) return 1 ;; esac }

# Whether all data are on the disk, and each write comes there before it is acknowledged.
is_durable() { is loading 0 && is aof_rewrite_in_progress 0 && is aof_rewrite_scheduled 0 && is aof_last_bgrewrite_status ok && is aof_last_write_status ok; }
is_in_sync() { is role slave && is master_link_status up && is master_sync_in_progress 0 && is_durable; }

# The file `primary` says whose data count: "TERM DIRECTORY ADDRESS PORT". Fails when there never was a claim.
read_claim() {
  [ -e primary ] || return 1
  read -r term claimed_directory claimed_host claimed_port <primary
  claim="$term $claimed_directory $claimed_host $claimed_port"
}

# Claims the volume for a directory, and the Redis at an address and port. The lock must be held.
write_claim() {
  printf '%s %s %s %s\n' "$((term + 1))" "$1" "$2" "$3" >primary.new &&
    sync primary.new "$1" &&
    mv primary.new primary &&
    sync .
}

# Deletes copies whose Redis is gone: a living one has locked the file `lock` in its directory. The lock must be held.
sweep() {
  read_claim
  for directory in redis.*; do
    [ "$directory" = "$claimed_directory" ] || flock -n "$directory/lock" rm -rf "$directory" || true
  done
}

# Runs redis-server with the given settings, as the primary or as a replica of the living one.
start() {
  # A replica is given the data at once, and straight into its memory.
  set -- "$@" --port "$port" --repl-diskless-sync-delay 0 --repl-diskless-load on-empty-db
  exec 8>>lock
  flock 8
  if ! read_claim; then
    [ -z "$(ls -d appendonlydir redis.*/appendonlydir 2>/dev/null)" ] || fail "there are data, and no claim that says which of them count"
    term=0 claimed_directory=$(mktemp -d redis.XXXXXX)
  fi
  # Never made anew: data that are missing are no reason to start with none.
  [ -d "$claimed_directory" ] || fail "$claimed_directory is not there"
  # Lives on in redis-server.
  exec 9>>"$claimed_directory/lock"
  if flock -n 9; then
    write_claim "$claimed_directory" "$host" "$port" || fail "the volume cannot be claimed"
    sweep
    exec 8>&-
    say "the primary, term $term"
    exec redis-server "$@" --dir "$claimed_directory"
  fi
  own_directory=$(mktemp -d redis.XXXXXX)
  exec 9>>"$own_directory/lock"
  flock 9
  sweep
  exec 8>&-
  say "a replica of $claimed_host, term $term"
  succeed 9>&- &
  # Its log is rewritten once, when it has got the data.
  exec redis-server "$@" --dir "$own_directory" --replicaof "$claimed_host" "$claimed_port" --replica-announce-ip "$host" --min-replicas-to-write "$SHUT" --auto-aof-rewrite-percentage 0
}

# Runs beside a replica until that has taken over. `$$` is redis-server, which ends if anything goes wrong: the pod then
# starts again with the data that count. (As process 1 it gets no signal until it listens.)
succeed() {
  trap 'while kill $$ 2>/dev/null; do sleep 0.1; done' EXIT
  before=$claimed_directory followed=$claim
  until is_over=$(has_ended "$before") && read_claim && [ "$claimed_directory" = "$own_directory" ]; do
    [ "$claim" = "$followed" ] || fail "somebody else has become the primary"
    # It may have acknowledged what never came here.
    [ "$is_over" = no ] || fail "the primary is gone, and has not handed over"
    kill -0 $$
    sleep 0.02
  done
  until ask REPLICAOF NO ONE >&2 && read_info && is_durable && open_gate; do
    kill -0 $$
    sleep 0.02
  done
  trap - EXIT
  say "has taken over, term $term"
  flock "$before/lock" true || true
  exec 8>>lock
  flock 8
  sweep
}

open_gate() { ask CONFIG SET min-replicas-to-write 0 auto-aof-rewrite-percentage 100 >&2; }

# Whether the redis-server of a directory is gone; the directory goes, too, when somebody else has become the primary.
has_ended() {
  if flock -n -E 75 "$1/lock" true 2>/dev/null || [ $? -ne 75 ]; then echo yes; else echo no; fi
}

# Says by its exit code whether clients may come.
ready() {
  read_info
  if is role master; then is loading 0; else is_in_sync; fi
}

# Before its end: hands over, if there is somebody to take over.
leave() {
  read_claim
  # A replica has nothing to hand over.
  [ "$claimed_host $claimed_port" = "$host $port" ] || return 0
  started_at=$(date +%s)
  while [ "$(seconds_since "$started_at")" -lt "$HANDOVER_SECONDS" ]; do
    # It may be busy with the copy for its successor.
    read_info || { sleep 0.2; continue; }
    replicas=$(value_of 'slave[0-9]*')
    [ -n "$replicas" ] || [ "$(seconds_since "$started_at")" -lt "$successor_seconds" ] || return 0
    successor=$(first_reached "$replicas")
    # Its endpoint has come here; elsewhere it may take a moment more. (No quotes: address, port and directory.)
    if [ -n "$successor" ] && sleep 1 && hand_over $successor; then return 0; fi
    sleep 0.2
  done
}

seconds_since() { echo $(($(date +%s) - $1)); }

# The address, port and directory of the replica that has everything and to which the Service leads, if there is one.
first_reached() {
  printf '%s\n' "$1" | sed -n 's/^ip=\([^,]*\),port=\([^,]*\),state=online,.*/\1 \2/p' | while read -r replica_host replica_port; do
    read_info "$replica_host" "$replica_port" && is_in_sync || continue
    run=$(value_of run_id)
    read_info "$service" "$service_port" && is run_id "$run" || continue
    replica_directory=$(ask_at "$replica_host" -p "$replica_port" CONFIG GET dir | sed -n 's|.*/||p')
    [ -d "$replica_directory" ] || continue
    echo "$replica_host $replica_port $replica_directory"
    break
  done
}

# Claims the volume for a replica, and sends the clients there once it has taken over; fails when it lacks something.
# (Redis' own FAILOVER holds writes back for up to a second: it waits until replicas say by themselves what they have.)
hand_over() {
  exec 8>>lock
  flock 8
  # This Redis died and was started again, so that its data do not count any more, or somebody else has handed over.
  [ "$(cat primary)" = "$claim" ] || return 0
  ask CONFIG SET min-replicas-to-write "$SHUT" >&2 && read_info && has_all "$1" "$2" "$(value_of master_replid)" "$(value_of master_repl_offset)" && is_complete=yes || is_complete=no
  [ "$is_complete" = no ] || write_claim "$3" "$1" "$2" || say "the volume cannot be claimed"
  if [ "$(cat primary)" = "$claim" ]; then
    say "$1 cannot take over now"
    for _ in 1 2 3 4 5; do
      open_gate && break
      sleep 0.1
    done
    exec 8>&-
    return 1
  fi
  exec 8>&-
  claimed_at=$(date +%s)
  until [ "$(ask_at "$1" -p "$2" ROLE | head -n 1)" = master ] || [ "$(seconds_since "$claimed_at")" -gt "$TAKEOVER_SECONDS" ]; do sleep 0.02; done
  printf 'CLIENT KILL TYPE normal\nCLIENT KILL TYPE pubsub\n' | ask
}

# Whether a replica has on its disk, now or a moment later, what a replication has up to an offset. It answers after it
# has written what came before.
has_all() {
  for _ in 1 2 3 4 5; do
    read_info "$1" "$2" || return 1
    if is_in_sync && is master_replid "$3" && [ "$(value_of slave_repl_offset)" -ge "$4" ]; then return 0; fi
    sleep 0.02
  done
  return 1
}

case "${1:-}" in
  start | ready | leave) "$@" ;;
  *) fail "start, ready or leave, and not '${1:-}'" ;;
esac
