# shellcheck shell=bash
# What the scripts beside this one share; to be sourced. DIR is the directory whose servers are meant, absolute.

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The directory of state, made if need be; 0700, for it holds passwords and a database.
enter() {
  [[ -n ${1:-} ]] || fail "which directory? usage: $(basename "$0") COMMAND DIR"
  if [[ ! -d $1 ]]; then
    mkdir -p "$1"
    chmod 700 "$1"
  fi
  DIR=$(cd "$1" && pwd -P)
}

# DIR/env holds KEY=value lines: ports, passwords, places. Values are read literally, never by the shell.
recall() {
  local line
  [[ -f $DIR/env ]] || return 0
  while IFS= read -r line; do
    if [[ $line == "$1="* ]]; then
      printf '%s' "${line#*=}"
      return 0
    fi
  done <"$DIR/env"
}

# remember KEY VALUE; both servers start at the same time, hence the lock.
remember() {
  (
    flock 8
    write_down "$1" "$2"
  ) 8>"$DIR/env.lock"
}

write_down() {
  local line
  (
    umask 077
    {
      if [[ -f $DIR/env ]]; then
        while IFS= read -r line; do
          [[ $line == "$1="* ]] || printf '%s\n' "$line"
        done <"$DIR/env"
      fi
      printf '%s=%s\n' "$1" "$2"
    } >"$DIR/env.new"
  )
  mv "$DIR/env.new" "$DIR/env"
}

forget() {
  local name=$1
  (
    flock 8
    [[ ! -f $DIR/env ]] || sed -i "/^$name=/d" "$DIR/env"
  ) 8>"$DIR/env.lock"
}

# A secret that is made once.
secret() {
  local value
  value=$(recall "$1")
  if [[ -z $value ]]; then
    value=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    remember "$1" "$value"
  fi
  printf '%s' "$value"
}

# Whether somebody listens on the port, on whatever address.
taken() {
  local files=(/proc/net/tcp) hex
  [[ ! -r /proc/net/tcp6 ]] || files+=(/proc/net/tcp6)
  printf -v hex %04X "$1"
  grep -qE "^ *[0-9]+: [0-9A-F]+:$hex [0-9A-F]+:0000 0A " "${files[@]}"
}

# A port for KEY: the same as last time, unless another program has taken it since. Below the ephemeral ports, so that no
# outgoing connection of anybody sits on it by chance.
port_for() {
  local port
  (
    flock 8
    port=$(recall "$1")
    while [[ -z $port ]] || taken "$port"; do
      port=$((20000 + (RANDOM * 32768 + RANDOM) % 10000))
      if [[ -f $DIR/env ]] && grep -q "_PORT=$port\$" "$DIR/env"; then
        port=
        continue
      fi
      taken "$port" || write_down "$1" "$port"
    done
    printf '%s' "$port"
  ) 8>"$DIR/env.lock"
}

# Processes are known by a variable in their environment, which every child inherits: a process id alone may be somebody
# else's by now. marked VALUE prints those that carry LOYALTY_LOCAL=VALUE.
marked() {
  local file pid
  while IFS= read -r file; do
    pid=${file#/proc/}
    pid=${pid%/environ}
    printf '%s\n' "$pid"
  done < <(grep -lzxF "LOYALTY_LOCAL=$1" /proc/[0-9]*/environ 2>/dev/null)
}

alive() {
  # A zombie has ended: it only waits for its parent to look. Not kill -0, which fails for another user's process.
  [[ -d /proc/$1 ]] && ! grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"
}

# gone SECONDS PID...: waits until all have ended.
gone() {
  local deadline=$((SECONDS + $1)) pid
  shift
  for pid in "$@"; do
    while alive "$pid"; do
      ((SECONDS < deadline)) || return 1
      sleep 0.05
    done
  done
}

# end SECONDS PID...: asks, waits, and insists.
end() {
  local patience=$1
  shift
  (($# > 0)) || return 0
  kill "$@" 2>/dev/null || true
  gone "$patience" "$@" && return 0
  kill -9 "$@" 2>/dev/null || true
  gone 10 "$@" || true
}

# The newest of several directories whose names hold a version.
newest() {
  printf '%s\n' "$@" | sort -V | tail -n 1
}
