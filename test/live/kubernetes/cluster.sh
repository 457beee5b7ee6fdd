#!/bin/bash
# cluster.sh up | down: the cluster of ../shared/tools/kube for the live tests, with the image they run.
# REDIS_TOPOLOGY_KUBE_TOOLS says where the tool lies; the default is beside the repository's folder.
# KEEP=1 with `down` is a machine that loses its power; `up` afterwards brings it back.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export REDIS_TOPOLOGY_KUBE_TOOLS=${REDIS_TOPOLOGY_KUBE_TOOLS:-$here/../../../../shared/tools/kube}
. "$REDIS_TOPOLOGY_KUBE_TOOLS/settings.sh"
case ${1:-} in
  up)
    "$REDIS_TOPOLOGY_KUBE_TOOLS/up.sh"
    "$here/image.sh"
    ;;
  down)
    "$REDIS_TOPOLOGY_KUBE_TOOLS/down.sh"
    find /sys/fs/cgroup -depth -path '*/kubepods*' -type d -exec rmdir {} + 2> /dev/null || true
    ;;
  *) echo "usage: cluster.sh up | down" >&2; exit 2 ;;
esac
