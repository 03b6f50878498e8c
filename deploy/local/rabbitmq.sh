#!/usr/bin/env bash
# A private RabbitMQ: own node, data, cookie, log and epmd, own free ports on 127.0.0.1. It never touches another one.
#
#   deploy/local/rabbitmq.sh start|stop|restart|kill|status|remove DIR
#   deploy/local/rabbitmq.sh ctl DIR ARGS...          rabbitmqctl against this node
#
# kill is a crash (SIGKILL, nothing written any more); start after it recovers. remove stops it and deletes its data.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=deploy/local/lib.sh
source "$here/lib.sh"

# The package's real scripts; those in /usr/sbin change to the user of the system-wide server.
binaries() {
  local found place
  shopt -s nullglob
  found=(/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin)
  shopt -u nullglob
  if ((${#found[@]} > 0)); then
    newest "${found[@]}"
    return
  fi
  place=$(command -v rabbitmq-server) || return 1
  place=$(dirname "$(readlink -f "$place")")
  [[ -f $place/rabbitmq-env ]] || return 1
  printf '%s' "$place"
}

# Nothing of the caller's environment: its RABBITMQ_ and ERL_ variables may mean another server.
with_environment() {
  env -i PATH="$PATH" LANG=C.UTF-8 HOME="$home" \
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
    RABBITMQ_DIST_PORT="$(recall RABBITMQ_DIST_PORT)" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    ERL_EPMD_ADDRESS=127.0.0.1 \
    ERL_EPMD_PORT="$(recall RABBITMQ_EPMD_PORT)" \
    "$@"
}

configure() {
  local port management
  port=$(port_for RABBITMQ_PORT)
  management=$(port_for RABBITMQ_MANAGEMENT_PORT)
  port_for RABBITMQ_DIST_PORT >/dev/null
  port_for RABBITMQ_EPMD_PORT >/dev/null
  (
    umask 077
    mkdir -p "$home/data" "$home/log" "$home/generated" "$home/schema"
    # A default user of another name means that there never is a guest.
    cat >"$home/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$port
management.tcp.ip = 127.0.0.1
management.tcp.port = $management
default_user = loyalty
default_pass = $(secret RABBITMQ_PASSWORD)
CONF
    printf '[rabbitmq_management].\n' >"$home/enabled_plugins"
  )
  remember LOYALTY_TEST_RABBITMQ "amqp://loyalty:$(secret RABBITMQ_PASSWORD)@127.0.0.1:$port"
  remember LOYALTY_TEST_RABBITMQ_MANAGEMENT "http://127.0.0.1:$management"
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
    exec 7<>"/dev/tcp/127.0.0.1/$(recall RABBITMQ_PORT)"
    printf 'AMQP\0\0\011\001' >&7
    IFS= read -r -t 5 -N 1 first <&7
    [[ $first == $'\001' ]]
  ) 2>/dev/null
}

start() {
  local deadline=$((SECONDS + 90)) leader
  if node_pid >/dev/null && answers; then
    return 0
  fi
  sbin=$(binaries) || fail "RabbitMQ is not installed: deploy/local/packages.sh servers"
  if ! node_pid >/dev/null; then
    sweep
    configure
    # Without 9>&- the server would keep this script's lock. setsid: Ctrl-C at the terminal is not for the server.
    with_environment LOYALTY_LOCAL="$mark" setsid "$sbin/rabbitmq-server" </dev/null >"$home/log/start.log" 2>&1 9>&- &
    leader=$!
  fi
  until answers; do
    if ! alive "${leader:-$(node_pid)}" || ((SECONDS >= deadline)); then
      tail -n 20 "$home/log/start.log" >&2
      fail "RabbitMQ did not start; its logs are in $home/log"
    fi
    sleep 0.1
  done
  # At-least-once dead-lettering needs it. A fresh node has it; one whose data came from an old version may not.
  if ! grep -qs stream_queue "$home/data/$node-feature_flags"; then
    with_environment "$sbin/rabbitmqctl" -n "$node" enable_feature_flag all >/dev/null
  fi
}

stop() {
  local first
  if first=$(node_pid); then
    # SIGTERM is an orderly stop.
    end 30 "$first"
  fi
  sweep
}

# What is left of the node: its epmd, helpers, or a node that never came up.
sweep() {
  local rest
  mapfile -t rest < <(marked "$mark")
  end 5 "${rest[@]}"
}

crash() {
  local all
  mapfile -t all < <(marked "$mark")
  ((${#all[@]} > 0)) || return 0
  kill -9 "${all[@]}" 2>/dev/null || true
  gone 10 "${all[@]}" || fail "RabbitMQ (process ${all[*]}) cannot be killed"
}

status() {
  if node_pid >/dev/null && answers; then
    echo "running on 127.0.0.1:$(recall RABBITMQ_PORT), management on 127.0.0.1:$(recall RABBITMQ_MANAGEMENT_PORT)"
  else
    echo "stopped"
    exit 3
  fi
}

control() {
  sbin=$(binaries) || fail "RabbitMQ is not installed: deploy/local/packages.sh servers"
  with_environment "$sbin/rabbitmqctl" -n "$node" "$@"
}

verb=${1:-}
enter "${2:-}"
home=$DIR/rabbitmq
mark=$home
# Unique to the directory: two checkouts never meet, not even in one epmd.
hash=$(printf '%s' "$DIR" | sha256sum)
node=loyalty-${hash:0:10}@localhost
exec 9>"$DIR/rabbitmq.lock"
[[ $verb == status || $verb == ctl ]] || flock 9
case $verb in
  start) start ;;
  stop) stop ;;
  restart) stop; start ;;
  kill) crash ;;
  remove) crash; rm -rf "$home" ;;
  status) status ;;
  ctl) shift 2; control "$@" ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
