import type Docker from "dockerode";
import type { Problem } from "../../redis/problems";
import { describe, toldProblem } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import type { GuardedVolumes } from "./guard";
import { OWNER_LABEL, removeLeftContainer, unlessMissing } from "./leftovers";
import { DATA_FOLDER } from "./places";
import { APPEND_FOLDER, OLD_AOF, SNAPSHOT, startScript } from "./start";
import { ended, putConfiguration, UNTOUCHED } from "./trial";

/** Where the trial sees the volume, which it may only read. */
const VOLUME = "/redis-topology-volume";
/** Seconds for copying and loading: at 32 MiB/s each, enough for 9 GiB. */
const PATIENCE_SECONDS = 600;
/** What the script ends with before there is a server. */
const CODES = { empty: 0, unreadable: 97, noRoom: 98, otherNames: 99 } as const;
/** How a kernel ends what takes too much memory. */
const KILLED = 137;

/** A queue's volume that comes from elsewhere, and the server that is to have it. */
export type Adopted = GuardedVolumes & { readonly data: string };

/**
 * Starts the server on a copy of a volume that this topology did not make, without clients, and throws when it does not
 * load what is there. The volume is not written to.
 */
export async function tryData(docker: Docker, adopted: Adopted): Promise<void> {
  const { owner, image, user, memory, data } = adopted;
  const name = `${adopted.server}-adoption`;
  await removeLeftContainer(docker, name, owner);
  const container = await docker.createContainer({
    name,
    Image: image,
    User: user,
    Tty: true,
    Cmd: ["sh", "-c", script(adopted)],
    Labels: { [OWNER_LABEL]: owner, "redis-topology.trial": adopted.role },
    HostConfig: {
      Memory: memory,
      MemorySwap: memory,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges:true"],
      NetworkMode: "none",
      Binds: [`${data}:${VOLUME}:ro`],
    },
  });
  try {
    await putConfiguration(container, adopted);
    await container.start();
    const end = await ended(container, PATIENCE_SECONDS);
    const problem = end && adoptionProblem(adopted, end.code, end.log);
    if (problem) throw new Error(describe(toldProblem(problem, adopted.section)));
  } finally {
    await container.remove({ v: true, force: true }).catch(unlessMissing);
  }
}

/** Copies what Redis reads into the image's own folder, and starts there as the queue does. */
function script({ program, section }: Adopted): string {
  const names = `${APPEND_FOLDER} ${OLD_AOF} ${SNAPSHOT}`;
  return [
    `cd ${VOLUME} && [ -r . ] || exit ${CODES.unreadable}`,
    // An image need not have `ls`.
    `any() { for f in "$@"; do [ ! -e "$f" ] || return 0; done; return 1; }`,
    `any * .[!.]* || exit ${CODES.empty}`,
    `any ${names} || exit ${CODES.otherNames}`,
    `for f in ${names} ${APPEND_FOLDER}/*; do [ ! -e "$f" ] || [ -r "$f" ] || exit ${CODES.unreadable}; done`,
    `for f in ${names}; do [ ! -e $f ] || cp -R $f ${DATA_FOLDER}/ || exit ${CODES.noRoom}; done`,
    startScript(program, section),
  ].join("\n");
}

/** Why a server does not do with a volume's files, from how its trial ended; undefined when there were none. Pure. */
export function adoptionProblem(
  { data, user, image }: Pick<Adopted, "data" | "user" | "image">,
  code: number | undefined,
  log: string,
): Problem | undefined {
  const path = "volume";
  const look = `\`docker run --rm -v ${data}:/data ${image} ls -lnR /data\` shows them`;
  switch (code) {
    case CODES.empty:
      return undefined;
    case CODES.unreadable:
      return {
        key: "user",
        was: `${user}, who cannot read the files of volume "${data}"`,
        allowed: "their owner",
        fix: say`${UNTOUCHED} Set ${key("user")} to it: ${look}.`,
      };
    case CODES.noRoom:
      return {
        key: path,
        was: `"${data}", of which the engine has no room for a copy to try the server on`,
        allowed: "as much room on the engine's disk as the files take, once",
        fix: `${UNTOUCHED} Make room, then run again.`,
      };
    case CODES.otherNames:
      return {
        key: path,
        was: `"${data}", which holds files and none of a name that the server reads`,
        allowed: `\`${APPEND_FOLDER}\`, \`${OLD_AOF}\`, \`${SNAPSHOT}\`, or an empty volume`,
        fix: `${UNTOUCHED} Rename them if they are Redis' own, or choose another volume: ${look}.`,
      };
    case undefined:
      return {
        key: path,
        was: `"${data}", which the server had not loaded after ${PATIENCE_SECONDS} s`,
        allowed: "files that it loads in that time",
        fix: `${UNTOUCHED} Let it rewrite its AOF where it runs now (\`BGREWRITEAOF\`), or run again when the machine has less to do.`,
      };
    case KILLED:
      return {
        key: "queue.maxMemory",
        was: `less than what volume "${data}" needs to be loaded: the kernel ended the server`,
        allowed: "at least what the queue held where it ran (`INFO memory`, used_memory)",
        fix: `${UNTOUCHED} Raise it, then run again.`,
      };
    default:
      return {
        key: path,
        was: `"${data}", whose files the server cannot load: ${reason(log)}`,
        allowed: "files of the same version or an earlier one, undamaged",
        fix: say`${UNTOUCHED} Set ${key("queue.version")} (or ${key("image")}) to what wrote them; for damaged ones see docs/operations/docker.md, Moving a Compose volume in.`,
      };
  }
}

/** What Redis 7.0 writes as a warning at every start. */
const CHATTER = /oO0O|Redis version=|Configuration loaded|Server initialized|WARNING|Warning:/;

/** The first warning of a log, without process and date (`1:M 24 Nov 2026 14:00:00.000 # `): what comes later follows from it. */
function reason(log: string): string {
  const lines = log.split(/\r?\n/).filter((line) => line.trim() !== "");
  const warnings = lines.filter((line) => / # /.test(line) && !CHATTER.test(line));
  const line = warnings[0] ?? lines.at(-1) ?? "it says nothing";
  return line.replace(/^.*? # /, "").replace(/\.$/, "");
}
