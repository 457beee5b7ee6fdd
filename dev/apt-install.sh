#!/bin/sh
# Installs Debian packages without starting the services they bring: a system redis would hold port 6379.
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
apt-get update -q
apt-get install -qy --no-install-recommends "$@"
# Nor at the next boot. Only systemd starts them by itself.
if [ -d /run/systemd/system ]; then
  for service in redis-server valkey-server; do
    case " $* " in *" $service "*) systemctl disable "$service" ;; esac
  done
fi
