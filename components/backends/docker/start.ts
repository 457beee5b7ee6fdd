import { settingName } from "../../redis/sentence";
import { CONFIG_FILE, DATA_FOLDER } from "./places";

/** The AOF's folder and manifest (redis.conf 7.0: appenddirname, appendfilename); their names are not for a stack to change. */
export const APPEND_FOLDER = "appendonlydir";
const MANIFEST = `${APPEND_FOLDER}/appendonly.aof.manifest`;
/** The AOF of Redis 6, which Redis 7 takes over itself when there is no manifest (aof.c, loadAppendOnlyFiles). */
export const OLD_AOF = "appendonly.aof";
export const SNAPSHOT = "dump.rdb";

const DOCUMENTED = "See docs/operations/docker.md, When a queue does not start.";

export const TORN = `redis-topology: ${APPEND_FOLDER} holds data but no manifest that names it. Redis would start without it and overwrite it. Put appendonly.aof.manifest back, or move ${APPEND_FOLDER} aside to start from ${SNAPSHOT}. ${DOCUMENTED}`;
const notConverted = (user: string) =>
  `redis-topology: ${SNAPSHOT} could not be copied to an AOF, and Redis would start empty. The snapshot is as it was. Make room on the volume, for as much again as the snapshot, or let ${user} write there. ${DOCUMENTED}`;

/**
 * Decides from a queue's files, before Redis does: with `appendonly yes` it reads the AOF that the manifest names,
 * else nothing, and its next save overwrites the snapshot (server.c, loadDataFromDisk). Until there is a manifest, the
 * snapshot is the truth: an AOF may begin with one (`aof-use-rdb-preamble`), so that a copy of it, moved into place
 * by a rename, is a complete AOF of Redis 6, which every version takes over. Killed anywhere in between, the next
 * start decides the same again. `section`: of the stack file, for messages.
 */
export function startScript(server: string, section?: string): string {
  const noAof = `[ ! -e ${MANIFEST} ] && [ ! -s ${OLD_AOF} ]`;
  return [
    `cd ${DATA_FOLDER} || exit 1`,
    `if ${noAof}; then`,
    // What a rewrite had not finished is named temp-…; the rest is an AOF.
    `  for part in ${APPEND_FOLDER}/*.base.* ${APPEND_FOLDER}/*.incr.*; do`,
    `    case "$part" in */temp-*) continue;; esac`,
    `    if [ -e "$part" ]; then echo '${TORN}' >&2; exit 1; fi`,
    "  done",
    `  if [ -e ${SNAPSHOT} ]; then`,
    `    cp ${SNAPSHOT} temp-${OLD_AOF} && sync temp-${OLD_AOF} && mv -f temp-${OLD_AOF} ${OLD_AOF} && sync . || {`,
    `      rm -f temp-${OLD_AOF}; echo '${notConverted(settingName("user", section))}' >&2; exit 1;`,
    "    }",
    "  fi",
    "fi",
    `exec ${server} ${CONFIG_FILE}`,
    "",
  ].join("\n");
}
