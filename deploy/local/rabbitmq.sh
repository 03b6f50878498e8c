#!/usr/bin/env bash
# A private RabbitMQ: own nodes, data, cookie, logs and epmd, own free ports on 127.0.0.1. It never touches another one.
#
#   deploy/local/rabbitmq.sh start|stop|restart|kill|status DIR [NODE]     NODE: 1, 2 or 3 of a cluster; all when none is named
#   deploy/local/rabbitmq.sh remove DIR
#   deploy/local/rabbitmq.sh ctl DIR ARGS...                               rabbitmqctl against node 1
#
# kill is a crash (SIGKILL, nothing written any more); start after it recovers. remove stops it and deletes its data.
# LOYALTY_SERVERS chooses at the first start: system, old, new or cluster (see releases.sh).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=deploy/local/lib.sh
source "$here/lib.sh"
# shellcheck source=deploy/local/releases.sh
source "$here/releases.sh"

# The package's real scripts; those in /usr/sbin change to the user of the system-wide server.
find_programs() {
  if locate "/usr/lib/rabbitmq/lib/rabbitmq_server-$rabbitmq_version/sbin"; then
    sbin=$place
    return
  fi
  if [[ -z $release ]] && sbin=$(command -v rabbitmq-server); then
    sbin=$(dirname "$(readlink -f "$sbin")")
    [[ ! -f $sbin/rabbitmq-env ]] || return 0
  fi
  fail "RabbitMQ is not installed: LOYALTY_SERVERS=$servers deploy/local/packages.sh servers"
}

# Which node is meant from here on. The first has the plain names, whether or not there are others.
at_node() { # NUMBER
  local suffix=''
  (($1 == 1)) || suffix=-$1
  home=$DIR/rabbitmq$suffix
  mark=$home
  node=loyalty-$hash$suffix@localhost
  key=RABBITMQ${suffix/-/_}
}

# Nothing of the caller's environment: its RABBITMQ_ and ERL_ variables may mean another server.
with_environment() {
  local path=$PATH
  [[ -z $base ]] || path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  within_base env -i PATH="$path" LANG=C.UTF-8 HOME="$home" \
    RABBITMQ_NODENAME="$node" \
    RABBITMQ_MNESIA_BASE="$home/data" \
    RABBITMQ_LOG_BASE="$home/log" \
    RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" \
    RABBITMQ_CONFIG_FILES="$home/conf.d" \
    RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config" \
    RABBITMQ_CONF_ENV_FILE="$home/rabbitmq-env.conf" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" \
    RABBITMQ_GENERATED_CONFIG_DIR="$home/generated" \
    RABBITMQ_SCHEMA_DIR="$home/schema" \
    RABBITMQ_DIST_PORT="$(recall "${key}_DIST_PORT")" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    ERL_CRASH_DUMP="$home/log/erl_crash.dump" \
    ERL_EPMD_ADDRESS=127.0.0.1 \
    ERL_EPMD_PORT="$(recall RABBITMQ_EPMD_PORT)" \
    "$@"
}

configure() {
  local port management
  port=$(port_for "${key}_PORT")
  management=$(port_for "${key}_MANAGEMENT_PORT")
  port_for "${key}_DIST_PORT" >/dev/null
  ((nodes > 1)) || port_for RABBITMQ_EPMD_PORT >/dev/null
  (
    umask 077
    mkdir -p "$home/data" "$home/log" "$home/generated" "$home/schema"
    # One for all nodes, which is how they know that they belong together.
    rm -f "$home/.erlang.cookie"
    secret RABBITMQ_COOKIE >"$home/.erlang.cookie"
    chmod 400 "$home/.erlang.cookie"
    # A default user of another name means that there never is a guest.
    cat >"$home/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$port
management.tcp.ip = 127.0.0.1
management.tcp.port = $management
default_user = loyalty
default_pass = $(secret RABBITMQ_PASSWORD)
CONF
    ((nodes == 1)) || cluster_members >>"$home/rabbitmq.conf"
    printf '[rabbitmq_management].\n' >"$home/enabled_plugins"
  )
}

cluster_members() (
  printf 'cluster_formation.peer_discovery_backend = classic_config\n'
  for ((member = 1; member <= nodes; member++)); do
    at_node "$member"
    printf 'cluster_formation.classic_config.nodes.%d = %s\n' "$member" "$node"
  done
)

announce() {
  local member uris=()
  for ((member = 1; member <= nodes; member++)); do
    at_node "$member"
    uris+=("amqp://loyalty:$(secret RABBITMQ_PASSWORD)@127.0.0.1:$(recall "${key}_PORT")")
  done
  remember LOYALTY_TEST_RABBITMQ "${uris[0]}"
  remember LOYALTY_TEST_RABBITMQ_NODES "$(IFS=,; printf '%s' "${uris[*]}")"
  remember LOYALTY_TEST_RABBITMQ_MANAGEMENT "http://127.0.0.1:$(recall RABBITMQ_MANAGEMENT_PORT)"
}

node_pid() {
  local candidate
  while IFS= read -r candidate; do
    if [[ $(<"/proc/$candidate/comm") == beam* ]]; then
      printf '%s' "$candidate"
      return 0
    fi
  done < <(marked "$mark")
  return 1
} 2>/dev/null

# It says AMQP: the first byte of its answer to the protocol header is that of a method frame.
answers() {
  local first
  (
    exec 7<>"/dev/tcp/127.0.0.1/$(recall "${key}_PORT")"
    printf 'AMQP\0\0\011\001' >&7
    IFS= read -r -t 5 -N 1 first <&7
    [[ $first == $'\001' ]]
  ) 2>/dev/null
}

start() {
  local deadline=$((SECONDS + 90)) chosen leader=()
  find_programs
  start_epmd
  # All of them are under way before the first is waited for: the nodes of a cluster wait for each other.
  for chosen in "${which[@]}"; do
    at_node "$chosen"
    if ! node_pid >/dev/null; then
      sweep
      configure
      # Without 9>&- the server would keep this script's lock. setsid: Ctrl-C at the terminal is not for the server.
      with_environment LOYALTY_LOCAL="$mark" setsid "$sbin/rabbitmq-server" </dev/null >"$home/log/start.log" 2>&1 9>&- &
      leader[chosen]=$!
    fi
  done
  for chosen in "${which[@]}"; do
    at_node "$chosen"
    until answers; do
      if ! alive "${leader[chosen]:-$(node_pid)}" || ((SECONDS >= deadline)); then
        tail -n 20 "$home/log/start.log" >&2
        fail "RabbitMQ did not start; its logs are in $home/log"
      fi
      sleep 0.1
    done
    # At-least-once dead-lettering needs it. A fresh node has it; one whose data came from an old version may not.
    if ! grep -qs stream_queue "$home/data/$node-feature_flags"; then
      with_environment "$sbin/rabbitmqctl" -n "$node" enable_feature_flag all >/dev/null
    fi
  done
  announce
}

# A single node brings its own. A cluster's belongs to no node, so that the crash of one does not take the others' names away.
start_epmd() {
  ((nodes > 1)) && [[ -z $(marked "$DIR/epmd") ]] || return 0
  at_node 1
  port_for RABBITMQ_EPMD_PORT >/dev/null
  with_environment LOYALTY_LOCAL="$DIR/epmd" epmd -daemon 9>&-
}

stop_epmd() {
  local chosen rest
  for ((chosen = 1; chosen <= nodes; chosen++)); do
    at_node "$chosen"
    [[ -z $(marked "$mark") ]] || return 0
  done
  mapfile -t rest < <(marked "$DIR/epmd")
  end 5 "${rest[@]}"
}

stop() {
  local chosen first pids=()
  # Together: the last one to go would wait in vain for the others when started again first.
  for chosen in "${which[@]}"; do
    at_node "$chosen"
    ! first=$(node_pid) || pids+=("$first")
  done
  # SIGTERM is an orderly stop.
  end 30 "${pids[@]}"
  for chosen in "${which[@]}"; do
    at_node "$chosen"
    sweep
  done
  stop_epmd
}

# What is left of the node: its helpers, or a node that never came up.
sweep() {
  local rest
  mapfile -t rest < <(marked "$mark")
  end 5 "${rest[@]}"
}

crash() {
  local chosen all=()
  for chosen in "${which[@]}"; do
    at_node "$chosen"
    mapfile -t -O "${#all[@]}" all < <(marked "$mark")
  done
  if ((${#all[@]} > 0)); then
    kill -9 "${all[@]}" 2>/dev/null || true
    gone 10 "${all[@]}" || fail "RabbitMQ (process ${all[*]}) cannot be killed"
  fi
  stop_epmd
}

status() {
  local chosen result=0
  for chosen in "${which[@]}"; do
    at_node "$chosen"
    if node_pid >/dev/null && answers; then
      echo "running on 127.0.0.1:$(recall "${key}_PORT"), management on 127.0.0.1:$(recall "${key}_MANAGEMENT_PORT")"
    else
      echo "stopped"
      result=3
    fi
  done
  return "$result"
}

control() {
  at_node 1
  find_programs
  with_environment "$sbin/rabbitmqctl" -n "$node" "$@"
}

remove() {
  crash
  rm -rf "$DIR"/rabbitmq "$DIR"/rabbitmq-[0-9]
}

verb=${1:-}
enter "${2:-}"
# Unique to the directory: two checkouts never meet, not even in one epmd.
hash=$(printf '%s' "$DIR" | sha256sum)
hash=${hash:0:10}
choose_for_dir "$verb"
mapfile -t which < <(seq "$nodes")
if [[ $verb != ctl && $verb != remove && -n ${3:-} ]]; then
  [[ $3 =~ ^[1-9]$ && $3 -le $nodes ]] || fail "there is no node '$3': these servers have $nodes"
  which=("$3")
fi
exec 9>"$DIR/rabbitmq.lock"
[[ $verb == status || $verb == ctl ]] || flock 9
case $verb in
  start) start ;;
  stop) stop ;;
  restart) stop; start ;;
  kill) crash ;;
  remove) remove ;;
  status) status ;;
  ctl) shift 2; control "$@" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
