#!/bin/sh
# Boots systemd on a copy-on-write view of this machine's disk, in the namespaces that machine.ts has made: its own
# processes, no network but loopback, no device and no cgroup of the host's. $1: a tmpfs, which outlives a boot.
set -eu
disk=$1
root=$disk/root
mount --make-rprivate /
mkdir -p "$disk/upper" "$disk/work" "$disk/units" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$disk/upper,workdir=$disk/work" "$root"
mount -t proc proc "$root/proc"
mount -o bind,ro "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
for folder in dev/shm run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root/$folder"; done
chmod 755 "$root/run"
# Nothing that is enabled on the host starts here.
mount --bind "$disk/units" "$root/etc/systemd/system"
ip link set lo up
cd "$root"
pivot_root . mnt
umount -l /mnt
exec env -i PATH="$PATH" container=redis-topology-test \
  /lib/systemd/systemd --unit=multi-user.target --log-target=console --log-level=warning
