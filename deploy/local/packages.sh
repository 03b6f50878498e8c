#!/usr/bin/env bash
# Makes sure that what the private servers and the build need is on this machine.
#
#   deploy/local/packages.sh servers [rabbitmq] [postgres]     both when none is named; LOYALTY_SERVERS says which (see releases.sh)
#   deploy/local/packages.sh node                              for the contracts' linters, and the publisher in contracts/samples/node
#   deploy/local/packages.sh browser                           Chromium, for the tests of the ops site
#   deploy/local/packages.sh clock                             libfaketime, for the test of a worker whose clock jumps
#   deploy/local/packages.sh debootstrap                       for servers of another Debian release than this one
#   deploy/local/packages.sh sdk
#
# Installs RabbitMQ, PostgreSQL, Node, Chromium and libfaketime from a Debian or Ubuntu distribution when it may, and never starts or
# configures a system-wide server while doing so. Otherwise it says in one line what to install, and exits 1.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=deploy/local/lib.sh
source "$here/lib.sh"
# shellcheck source=deploy/local/releases.sh
source "$here/releases.sh"

has_rabbitmq() { locate "/usr/lib/rabbitmq/lib/rabbitmq_server-$rabbitmq_version/sbin" || has_elsewhere rabbitmq-server; }
has_postgres() { locate "/usr/lib/postgresql/$postgres_version/bin/initdb" || has_elsewhere initdb; }
# Whatever its version is, hence not when one is asked for.
has_elsewhere() { [[ -z $release ]] && command -v "$1" >/dev/null; }

servers() {
  local wanted=("$@") missing=() server
  ((${#wanted[@]} > 0)) || wanted=(rabbitmq postgres)
  choose "${LOYALTY_SERVERS:-system}"
  for server in "${wanted[@]}"; do
    case $server in
      rabbitmq) has_rabbitmq || missing+=(rabbitmq-server) ;;
      postgres) has_postgres || missing+=(postgresql) ;;
      *) fail "unknown server '$server': rabbitmq or postgres" ;;
    esac
  done
  if [[ -n $release && ${#missing[@]} -gt 0 && $release != "$(system_release)" ]]; then
    "$here/debian.sh" "$release"
  else
    apt_install "install RabbitMQ 3.10 or later and PostgreSQL 15 or later with this system's package manager" "${missing[@]}"
  fi
}

# Ubuntu's releases have names of their own, so a name is enough.
system_release() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null || true; }

other_release() {
  local missing=()
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  command -v gpgv >/dev/null || missing+=(gpgv)
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || missing+=(debian-archive-keyring)
  apt_install "install debootstrap, gpgv and Debian's archive keyring with this system's package manager" "${missing[@]}"
}

javascript() {
  local oldest=18 missing=()
  has_node "$oldest" || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  apt_install "install Node $oldest or later with npm with this system's package manager" "${missing[@]}"
  has_node "$oldest" || fail "Node is older than $oldest: install a newer one, or take it off the PATH and run this again"
}

browser() {
  local missing=()
  command -v chromium >/dev/null || missing+=(chromium)
  # Without a font of its own the pages would be empty boxes.
  compgen -G '/usr/share/fonts/truetype/*/*.ttf' >/dev/null || missing+=(fonts-dejavu-core)
  apt_install "install Chromium with this system's package manager" "${missing[@]}"
}

clock() {
  local missing=()
  compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(libfaketime)
  apt_install "install libfaketime with this system's package manager" "${missing[@]}"
}

has_node() { command -v node >/dev/null && (($(command node -p 'process.versions.node.split(".")[0]') >= $1)); }

apt_install() { # ADVICE PACKAGE...: what to do where there is no apt-get, and what is missing
  local elsewhere=$1 missing=("${@:2}") advice
  ((${#missing[@]} > 0)) || return 0
  advice="missing: ${missing[*]}; install with: sudo apt-get install --no-install-recommends ${missing[*]}"
  command -v apt-get >/dev/null || fail "missing: ${missing[*]}; $elsewhere"
  if ((EUID == 0)); then
    as_root=()
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  else
    fail "$advice"
  fi
  echo "installing ${missing[*]} (no system-wide server will be started)" >&2
  keep_services_down
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || fail "$advice"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" </dev/null >&2 \
    || fail "$advice"
}

# Debian starts a service as soon as it is installed, and makes a first database cluster, unless told otherwise. We say so
# only for the length of the installation, and only where nobody has said anything himself.
keep_services_down() {
  ours=()
  trap '((${#ours[@]} == 0)) || "${as_root[@]}" rm -f "${ours[@]}"' EXIT
  local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.conf
  if [[ ! -e $policy ]]; then
    ours+=("$policy")
    # shellcheck disable=SC2016
    "${as_root[@]}" sh -c 'printf "#!/bin/sh\nexit 101\n" >"$1" && chmod 755 "$1"' sh "$policy"
  fi
  # postgresql-common asks nothing about a file that is there already; one of ours that stayed would surprise later, so it goes too.
  if [[ ! -e $cluster ]]; then
    ours+=("$cluster")
    # shellcheck disable=SC2016
    "${as_root[@]}" sh -c 'mkdir -p "${1%/*}" && echo "create_main_cluster = false" >"$1"' sh "$cluster"
  fi
}

sdk() {
  local version=10
  if command -v dotnet >/dev/null && dotnet --list-sdks | grep -q "^$version\."; then
    return 0
  fi
  fail "missing: the .NET $version SDK; install it from https://dotnet.microsoft.com/download" \
    "or with: sudo apt-get install dotnet-sdk-$version.0"
}

case ${1:-} in
  servers) shift; servers "$@" ;;
  node) javascript ;;
  browser) browser ;;
  clock) clock ;;
  debootstrap) other_release ;;
  sdk) sdk ;;
  *) sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
