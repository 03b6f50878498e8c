#!/usr/bin/env bash
# Installs RabbitMQ and PostgreSQL of another Debian release in a folder beside the system, which itself is not changed.
#
#   deploy/local/debian.sh RELEASE        trixie, bookworm
#
# The folder is kept for all checkouts: $XDG_CACHE_HOME/loyalty-messaging/RELEASE, or the same below ~/.cache. It takes a minute and
# 650 MB, and needs root (or sudo without a password). To remove it, delete it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=deploy/local/lib.sh
source "$here/lib.sh"
# shellcheck source=deploy/local/releases.sh
source "$here/releases.sh"

release=${1:-}
[[ $release =~ ^[a-z]+$ ]] || { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
folder=$(release_folder "$release")
mkdir -p "${folder%/*}"

# Held by everything that is started here: a second run waits, also for what an interrupted first one left running.
exec 9>"$folder.lock"
flock 9
[[ ! -d $folder ]] || exit 0

as_root=()
((EUID == 0)) || as_root=(sudo -n)
"${as_root[@]}" true 2>/dev/null \
  || fail "the servers of Debian $release need root to be installed beside the system: run 'sudo -v' or run this as root"
"$here/packages.sh" debootstrap

# The mirror that apt is set up with, where that is one of Debian; otherwise debootstrap knows one.
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'ORIGIN: Debian' 'IDENTIFIER: Packages' 2>/dev/null \
  | grep -v security | head -n 1 || true)

echo "installing the servers of Debian $release in $folder (about a minute, once)" >&2
log=$folder.log
# Under its own name only once complete, and all mounts in a namespace of their own: an interruption leaves nothing to undo.
# shellcheck disable=SC2016
"${as_root[@]}" unshare --mount --propagation private sh -euc '
  release=$1 folder=$2 mirror=$3
  new=$folder.new
  rm -rf "$new"
  debootstrap --force-check-gpg --variant=minbase "$release" "$new" $mirror
  printf "#!/bin/sh\nexit 101\n" >"$new/usr/sbin/policy-rc.d"
  chmod 755 "$new/usr/sbin/policy-rc.d"
  mkdir -p "$new/etc/postgresql-common"
  echo "create_main_cluster = false" >"$new/etc/postgresql-common/createcluster.conf"
  printf "127.0.0.1 localhost\n" >"$new/etc/hosts"
  mount --rbind /proc "$new/proc"
  mount --rbind /dev "$new/dev"
  export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
  chroot "$new" apt-get install -y -qq --no-install-recommends rabbitmq-server postgresql
  chroot "$new" apt-get clean
  mv "$new" "$folder"' sh "$release" "$folder" "$mirror" </dev/null >"$log" 2>&1 \
  || { tail -n 20 "$log" >&2; fail "the servers of Debian $release could not be installed; all of it is in $log"; }
rm -f "$log"
