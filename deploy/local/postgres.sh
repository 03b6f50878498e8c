#!/usr/bin/env bash
# A private PostgreSQL: own data directory, own free port on 127.0.0.1, own log, no socket. It never touches another one.
#
#   deploy/local/postgres.sh start|stop|restart|kill|status|remove DIR
#
# kill is a crash (SIGKILL, nothing written any more); start after it recovers. remove stops it and deletes its data.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=deploy/local/lib.sh
source "$here/lib.sh"
# shellcheck source=deploy/local/releases.sh
source "$here/releases.sh"

find_programs() {
  if locate "/usr/lib/postgresql/$postgres_version/bin/initdb"; then
    bin=$(dirname "$place")
  elif [[ -z $release ]] && command -v initdb >/dev/null; then
    bin=$(dirname "$(readlink -f "$(command -v initdb)")")
  else
    fail "PostgreSQL is not installed: LOYALTY_SERVERS=$servers deploy/local/packages.sh servers"
  fi
}

# PostgreSQL refuses to run as root; the package's own user stands in.
as_owner() {
  if ((EUID != 0)); then
    within_base "$@"
  else
    within_base setpriv --reuid=postgres --regid=postgres --init-groups env -u XDG_RUNTIME_DIR HOME=/ "$@"
  fi
}

# Its home lies in DIR, or, where the package's user cannot get there (below /root, say), in /var/tmp.
home() {
  local elsewhere
  elsewhere=$(recall POSTGRES_HOME)
  printf '%s' "${elsewhere:-$DIR/postgres}"
}

make_home() {
  local place
  place=$(home)
  if [[ ! -d $place ]]; then
    mkdir -m 700 "$place"
    if ((EUID == 0)); then
      within_base id postgres >/dev/null 2>&1 || fail "PostgreSQL does not run as root, and there is no user 'postgres' to run it"
      within_base chown postgres: "$place"
      if ! as_owner test -w "$place"; then
        rmdir "$place"
        place=$(mktemp -d /var/tmp/loyalty-XXXXXXXX)
        chown postgres: "$place"
        remember POSTGRES_HOME "$place"
      fi
    fi
  fi
}

# DIR is 0700: passing through is all the package's user needs on its way to its own home.
open_the_way() {
  ((EUID != 0)) || chmod o+x "$DIR"
}

pid() {
  local first data
  data=$(home)/data
  [[ -f $data/postmaster.pid ]] || return 1
  read -r first <"$data/postmaster.pid" || return 1
  # The file outlives a crash, and its number may be another program's by now.
  grep -qzxF -- "$data" "/proc/$first/cmdline" 2>/dev/null || return 1
  printf '%s' "$first"
}

initialise() {
  local place password fresh
  place=$(home)
  [[ ! -f $place/data/PG_VERSION ]] || return 0
  password=$(secret POSTGRES_PASSWORD)
  fresh=$place/fresh
  rm -rf "$fresh"
  # --no-sync: nothing in it is worth keeping yet. The server itself runs with its own durable defaults.
  # shellcheck disable=SC2016
  printf '%s\n' "$password" | as_owner sh -c 'umask 077; cat >"$1"' sh "$place/password"
  as_owner "$bin/initdb" -D "$fresh" -U postgres --pwfile="$place/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions >"$DIR/postgres-init.log" 2>&1 \
    || { cat "$DIR/postgres-init.log" >&2; fail "PostgreSQL could not be initialised"; }
  rm -f "$place/password"
  {
    printf "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 300\n"
    # shellcheck disable=SC2016
    if within_base sh -c 'test -f "$("$1/pg_config" --pkglibdir)/pg_stat_statements.so"' sh "$bin" 2>/dev/null; then
      printf "shared_preload_libraries = 'pg_stat_statements'\n"
    fi
  } >>"$fresh/postgresql.conf"
  # The application's role owns its database and nothing else.
  printf "create role loyalty login password '%s';\ncreate database loyalty owner loyalty;\n" "$password" \
    | as_owner "$bin/postgres" --single -D "$fresh" postgres >>"$DIR/postgres-init.log" 2>&1 \
    || { cat "$DIR/postgres-init.log" >&2; fail "PostgreSQL could not be initialised"; }
  # Under its name only once complete: an interrupted start begins afresh.
  mv "$fresh" "$place/data"
}

# A killed server whose parent has not looked yet (in a container perhaps never) still has its process id, and PostgreSQL
# would take it for a running one.
bury() {
  local first file
  file=$(home)/data/postmaster.pid
  if [[ -f $file ]] && read -r first <"$file" && grep -qs '^State:[[:space:]]*Z' "/proc/$first/status"; then
    rm -f "$file"
  fi
}

start() {
  local place port
  if pid >/dev/null; then
    return 0
  fi
  find_programs
  open_the_way
  make_home
  initialise
  place=$(home)
  bury
  port=$(port_for POSTGRES_PORT)
  remember LOYALTY_TEST_POSTGRES "Host=127.0.0.1;Port=$port;Database=postgres;Username=postgres;Password=$(secret POSTGRES_PASSWORD)"
  remember LOYALTY_POSTGRES "Host=127.0.0.1;Port=$port;Database=loyalty;Username=loyalty;Password=$(secret POSTGRES_PASSWORD)"
  # Without 9>&- the server would keep this script's lock.
  as_owner "$bin/pg_ctl" start -w -t 60 -s -D "$place/data" -l "$place/log" -o "-p $port" </dev/null >/dev/null 2>&1 9>&- \
    || { tail -n 20 "$place/log" >&2; fail "PostgreSQL did not start; its log is $place/log"; }
}

stop() {
  local first
  first=$(pid) || return 0
  find_programs
  as_owner "$bin/pg_ctl" stop -s -w -t 30 -m fast -D "$(home)/data" >/dev/null 2>&1 || crash
  gone 10 "$first" || crash
}

crash() {
  local first children=()
  first=$(pid) || return 0
  read -r -a children <"/proc/$first/task/$first/children" || true
  kill -9 "$first" "${children[@]}" 2>/dev/null || true
  # A child that is left would hold the shared memory against the next start.
  gone 10 "$first" "${children[@]}" || fail "PostgreSQL (process $first) cannot be killed"
}

status() {
  if pid >/dev/null; then
    echo "running on 127.0.0.1:$(recall POSTGRES_PORT)"
  else
    echo "stopped"
    exit 3
  fi
}

remove() {
  local place
  place=$(home)
  crash
  rm -rf "$place"
  forget POSTGRES_HOME
}

verb=${1:-}
enter "${2:-}"
exec 9>"$DIR/postgres.lock"
cd /
choose_for_dir "$verb"
[[ $verb == status || $verb == ctl ]] || flock 9
case $verb in
  start) start ;;
  stop) stop ;;
  restart) stop; start ;;
  kill) crash ;;
  remove) remove ;;
  status) status ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
