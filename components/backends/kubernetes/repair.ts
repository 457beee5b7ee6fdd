import type { Engine } from "../../redis/roles";

/**
 * The init container's script: makes sure that Redis can load what is on the volume, and that nothing is lost
 * without a trace.
 *
 * - A damaged end of an append-only file (cut, zeroed or overwritten by a crash) is copied aside, then cut off.
 *   Redis alone heals a cut end only, silently, and stops at anything else for ever.
 * - A volume with a snapshot but no append-only file (a restored backup, a migration) is loaded from the snapshot.
 *   Redis alone would start empty and overwrite the snapshot.
 * - A damaged base or snapshot is never touched: the script stops with the reason.
 *
 * What it did is the container's termination message, its log, and a line in `repairs.log` on the volume.
 */
export function repairScript(engine: Engine): string {
  return `set -eu
cd /data
: >> .writable
say() { echo "$*"; echo "$*" >> /dev/termination-log; }
note() { say "$*"; echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*" >> repairs.log; }
stop() { say "$*. Nothing was changed; see docs/operations.md, 'The AOF is damaged'."; exit 1; }

# Files of a rewrite or snapshot that a crash cut short; Redis never cleans them up.
rm -f temp-*.rdb temp-*.aof appendonlydir/temp-*

heal() {
  file=$1
  [ -s "$file" ] || return 0
  if found=$(${engine}-check-aof "$file" 2>&1 < /dev/null); then return 0; fi
  echo "$found"
  good=$(echo "$found" | sed -n 's/.*ok_up_to=\\([0-9][0-9]*\\).*/\\1/p' | tail -n 1)
  [ -n "$good" ] || stop "$file is damaged, and not only at its end"
  aside="damaged-$(date -u +%Y%m%dT%H%M%SZ)-\${file##*/}"
  tail -c "+$((good + 1))" "$file" > "$aside.part" || stop "No room to copy the damaged end of $file aside"
  mv "$aside.part" "$aside"
  sync
  lost=$(wc -c < "$aside")
  echo y | ${engine}-check-aof --fix "$file"
  note "repaired $file: cut off the damaged last $lost bytes, copied to $aside"
}

manifest=appendonlydir/appendonly.aof.manifest
if [ -f "$manifest" ]; then
  while read -r _ name _ _ _ type _; do
    file=appendonlydir/$name
    [ -f "$file" ] || { [ "$type" = h ] && continue; stop "$file is missing"; }
    case "$type:$name" in
      b:*.rdb) ${engine}-check-rdb "$file" > /dev/null 2>&1 || stop "The base $file is damaged" ;;
      b:*) ${engine}-check-aof "$file" > /dev/null 2>&1 < /dev/null || stop "The base $file is damaged" ;;
      i:*) heal "$file" ;;
    esac
  done < "$manifest"
elif [ -f appendonly.aof ]; then
  heal appendonly.aof
elif [ -f dump.rdb ]; then
  ${engine}-check-rdb dump.rdb > /dev/null 2>&1 || stop "dump.rdb is damaged"
  cp dump.rdb appendonly.aof.part
  mv appendonly.aof.part appendonly.aof
  note "loaded dump.rdb, since there was no append-only file"
fi
say "The data can be loaded."
`;
}
