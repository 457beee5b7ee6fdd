#!/bin/bash
# image.sh: loads into the cluster of ../shared/tools/kube what the live tests run beside its own images: Redis with
# the programs that the upstream image has and the tool's small one leaves out (redis-check-aof, date, mv, …).
set -eu
tools=${REDIS_TOPOLOGY_KUBE_TOOLS:?where ../shared/tools/kube is}
. "$tools/settings.sh"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir -p "$work/archive" "$work/root"
tar -xf "$KUBE_HOME/images/redis.tar" -C "$work/archive"
tar -xf "$work/archive/layer.tar" -C "$work/root"
bin=$work/root/usr/bin
for name in redis-check-aof redis-check-rdb; do cp "$bin/redis-server" "$bin/$name"; done
for name in date mv tail wc sync; do cp -L "$(command -v $name)" "$bin/$name"; done
"$tools/image.sh" docker.io/library/redis:7.0.15-live "$work/root" "$work/redis-live.tar" redis-server
"$tools/load.sh" "$work/redis-live.tar"
