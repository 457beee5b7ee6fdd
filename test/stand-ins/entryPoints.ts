/** An official image, as far as its entry point decides whether a server starts in it. */
export interface Image {
  /** What the image is called in a test. */
  readonly name: string;
  readonly server: "redis-server" | "valkey-server";
  /** The user that its entry point becomes. */
  readonly user: "redis" | "valkey";
  /** Its entry point, in words of our own. The working directory is the image's /data. */
  readonly entryPoint: string;
}

/** Redis 6.2 to 7.4: whatever lies in the working directory becomes the server's. */
const takesEverything = (server: string, user: string) => `#!/bin/sh
set -e
if [ "$1" = ${server} ] && [ "$(id -u)" = 0 ]; then
  find . ! -user ${user} -exec chown ${user} {} +
  exec setpriv --reuid ${user} --regid ${user} --clear-groups "$0" "$@"
fi
[ "$(umask)" != 0022 ] || umask 0077
exec "$@"
`;

/** Redis 8: it hands over what it knows, data by its names and a configuration that lies alone, and nothing where it meets anything else. */
const TAKES_WHAT_IT_KNOWS = `#!/bin/sh
set -e
become() { setpriv --reuid redis --regid redis --clear-groups "$@"; }
hand_over() {
  if become test -r "$1" && { [ "$2" = r ] || become test -w "$1"; }; then return; fi
  chown redis "$1"
  if [ -d "$1" ]; then chmod "u+$2x" "$1"; else chmod "u+$2" "$1"; fi
}
# The program counts, not the name it was called by.
if [ "$(readlink -f "$(command -v "$1")")" = "$(readlink -f "$(command -v redis-server)")" ]; then
  server=1
fi
if [ -n "$server" ] && [ "$(id -u)" = 0 ] && [ -z "$SKIP_DROP_PRIVS" ]; then
  if [ -z "$SKIP_FIX_PERMS" ]; then
    stranger=$(find . -mindepth 1 -maxdepth 1 ! -name '*.rdb' ! '(' -type d -name appendonlydir ')' -print -quit)
    if [ -z "$stranger" ]; then
      find . | while IFS= read -r file; do hand_over "$file" rw; done
    else
      echo "Left alone: the working directory, because of $stranger."
    fi
    case "$2" in
      -* | "") ;;
      *)
        folder=$(dirname "$2")
        stranger=$(find "$folder" -mindepth 1 -maxdepth 1 ! -name "$(basename "$2")" -print -quit)
        if [ -z "$stranger" ]; then
          hand_over "$folder" r
          hand_over "$2" r
        else
          echo "Left alone: $2, because of $stranger."
        fi
        ;;
    esac
  fi
  exec setpriv --reuid redis --regid redis --clear-groups --nnp --inh-caps=-all --bounding-set=-all "$0" "$@"
fi
[ "$(umask)" != 0022 ] || umask 0077
exec "$@"
`;

/** Valkey: as Redis 7, and as its user it wants to write here. */
const TAKES_EVERYTHING_AND_WRITES = takesEverything("valkey-server", "valkey").replace(
  '[ "$(umask)"',
  `if [ "$1" = valkey-server ] && [ ! -w . ]; then
  echo "The working directory cannot be written." >&2
  exit 1
fi
[ "$(umask)"`,
);

/** One image for each entry point that is about (redis/docker-library-redis, valkey-io/valkey-container; read in November 2026). */
export const IMAGES: readonly Image[] = [
  {
    name: "redis 6.2 to 7.4",
    server: "redis-server",
    user: "redis",
    entryPoint: takesEverything("redis-server", "redis"),
  },
  { name: "redis 8", server: "redis-server", user: "redis", entryPoint: TAKES_WHAT_IT_KNOWS },
  {
    name: "valkey 7.2 to 9",
    server: "valkey-server",
    user: "valkey",
    entryPoint: TAKES_EVERYTHING_AND_WRITES,
  },
];
