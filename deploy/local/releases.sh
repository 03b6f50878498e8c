# shellcheck shell=bash
# Which servers are meant, and where their programs are: this system's own, or those of another Debian release, which debian.sh
# installs in a folder beside the system. To be sourced after lib.sh.
#
#   system    whatever this system's packages are
#   old       RabbitMQ 3.10 and PostgreSQL 15, as in Debian 12
#   new       RabbitMQ 4 and PostgreSQL 17, as in Debian 13
#   cluster   the new ones, with three RabbitMQ nodes in a cluster

# shellcheck disable=SC2034
choose() { # WHICH: sets servers, release, nodes and the versions, as patterns of file names
  servers=$1 nodes=1
  case $1 in
    system) release='' rabbitmq_version='*' postgres_version='*' ;;
    old) release=bookworm rabbitmq_version='3.10.*' postgres_version=15 ;;
    new) release=trixie rabbitmq_version='4.*' postgres_version=17 ;;
    cluster) release=trixie rabbitmq_version='4.*' postgres_version=17 nodes=3 ;;
    *) fail "there are no '$1' servers: system, old, new or cluster" ;;
  esac
}

# The servers of DIR are chosen by LOYALTY_SERVERS at their first start and stay the same, so that stop, kill and ctl need not be told.
choose_for_dir() { # VERB
  local kept wanted
  kept=$(recall SERVERS)
  wanted=${kept:-system}
  if [[ $1 == start && -n ${LOYALTY_SERVERS:-} ]]; then
    wanted=$LOYALTY_SERVERS
    [[ -z $kept || $kept == "$wanted" ]] || fail "$DIR holds $kept servers, not $wanted: remove them first, or choose another directory"
  fi
  choose "$wanted"
  [[ $1 != start || -n $kept ]] || remember SERVERS "$wanted"
}

release_folder() { # RELEASE
  printf '%s/loyalty-messaging/%s' "${XDG_CACHE_HOME:-${HOME:-/root}/.cache}" "$1"
}

# Sets place to the newest match of PATTERN and base to the folder that holds it; base is empty for this system itself.
locate() { # PATTERN
  local folders=('') matches=()
  [[ -z $release ]] || folders+=("$(release_folder "$release")")
  for base in "${folders[@]}"; do
    # shellcheck disable=SC2206
    mapfile -t matches < <(compgen -G "$base$1" || true)
    if ((${#matches[@]} > 0)); then
      place=$(newest "${matches[@]}")
      place=${place#"$base"}
      return 0
    fi
  done
  base=''
  return 1
}

# Runs a command among the programs in base, with DIR at its usual path. The mounts belong to a namespace that ends with its last
# process, so none is left behind. A user who is not root stays the same user inside.
within_base() { # COMMAND...
  if [[ -z $base ]]; then
    "$@"
    return
  fi
  local sudo=()
  ((EUID == 0)) || sudo=(sudo -n)
  # shellcheck disable=SC2016
  "${sudo[@]}" unshare --mount --propagation private sh -euc '
    base=$1 dir=$2 user=$3 group=$4
    shift 4
    mount --rbind /proc "$base/proc"
    mount --rbind /dev "$base/dev"
    # On a file system of its own, so that the folder is not littered with the directories of every checkout.
    top=${dir#/}
    top=$base/${top%%/*}
    mkdir -p "$top"
    mount -t tmpfs tmpfs "$top"
    mkdir -p "$base$dir"
    mount --bind "$dir" "$base$dir"
    # initdb wants to know the name of whoever runs it.
    [ "$user" = 0 ] || mount --bind /etc/passwd "$base/etc/passwd"
    exec chroot --userspec="$user:$group" "$base" "$@"' sh "$base" "$DIR" "$EUID" "$(id -g)" "$@"
}
