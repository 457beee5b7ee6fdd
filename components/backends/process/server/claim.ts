import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { settingName } from "../../../redis/sentence";
import type { RedisServerInputs } from "../redisServer";
import { entries, serverPaths } from "./files";
import { serverProcess } from "./identity";
import type { Mark } from "./owner";
import { readMark } from "./owner";
import { isInUse } from "./processes";
import { isRedisFile, MADE_BY_DISKS } from "./remove";
import { stateFolder, stateHome } from "./state";

/** Who asks for a folder. */
interface Asked {
  readonly owner: string;
  readonly directory: string;
  readonly state: string;
}

/** What is known of a marked folder beyond its mark. */
interface Found {
  /** Whether the state that the mark names is still there; one of a service always is. */
  readonly stateExists: boolean;
  /** Whether a server works in the folder now. */
  readonly runs: boolean;
}

/**
 * Who holds a marked folder, if not the one who asks. A lost or moved state must find its data again, and a copy of
 * a clone must not touch the original's; so a mark counts as long as its state exists, and a copied one only for the
 * folder that it was written for. Pure.
 */
export function holderOf(mark: Mark, asked: Asked, found: Found): string | undefined {
  if (mark.owner !== asked.owner) return mark.owner;
  if (mark.state === undefined || mark.state === asked.state || !found.stateExists) return undefined;
  const moved = mark.directory !== asked.directory;
  return moved && !found.runs ? undefined : `${mark.owner} of the state ${mark.state}`;
}

/** Who else holds the folder of this server; undefined when nobody does. */
export async function otherHolder(inputs: RedisServerInputs): Promise<string | undefined> {
  const mark = await readMark(inputs.directory);
  if (mark === undefined) return undefined;
  const folder = mark.state === undefined ? undefined : stateFolder(mark.state);
  return holderOf(
    mark,
    { ...inputs, state: stateHome() },
    {
      stateExists: folder === undefined || existsSync(folder),
      runs:
        (await serverProcess(inputs)) !== undefined || (await isInUse(serverPaths(inputs.directory).data)),
    },
  );
}

/** Whether the folder says that it is this state's; one of a version before does not, nor one that was moved. */
export async function isMarked({ owner, directory }: RedisServerInputs): Promise<boolean> {
  const mark = await readMark(directory);
  return mark?.owner === owner && mark.directory === directory && mark.state === stateHome();
}

/** Throws when the folder belongs to another stack, topology or clone, or holds what we did not make. */
export async function refuseForeignFolder(inputs: RedisServerInputs): Promise<void> {
  const { role, directory, owner, section } = inputs;
  const another = `another folder with \`${settingName("directory", section)}\``;
  const mark = await readMark(directory);
  const holder = await otherHolder(inputs);
  if (holder !== undefined && mark?.owner === owner) {
    throw new Error(
      `${role}: the folder ${directory} belongs to ${holder}, and this is the state ${stateHome()}. ` +
        `Choose ${another}; or destroy the stack there, which keeps the data, and run again; or, if that state is not used ` +
        `any more, delete ${serverPaths(directory).owner} and run again.`,
    );
  }
  if (holder !== undefined) {
    throw new Error(
      `${role}: the folder ${directory} belongs to ${holder}, and this is ${owner}. ` + `Choose ${another}.`,
    );
  }
  const foreign = mark === undefined ? await foreignFiles(directory, inputs.persists) : [];
  if (foreign.length > 0) {
    throw new Error(
      `${role}: the folder ${directory} holds what this project did not make: ${foreign.slice(0, 5).join(", ")}` +
        `${foreign.length > 5 ? ` and ${foreign.length - 5} more` : ""}. ` +
        `Move it away, or choose ${another}.`,
    );
  }
}

/**
 * What lies in a folder without a mark where our files would go, and is neither ours nor, for a queue, a backup that
 * is put back. Other files beside them are in nobody's way.
 */
async function foreignFiles(folder: string, persists: boolean): Promise<string[]> {
  const paths = serverPaths(folder);
  const config = await readFile(paths.config, "utf8").catch(() => "");
  // Somebody deleted the mark, as our own message says.
  const marked = /^aclfile .*users\.acl/m.test(config) && /^pidfile .*redis\.pid/m.test(config);
  const taken = new Set(marked ? [] : [paths.config, paths.acl, paths.log, paths.pid]);
  const top = (await entries(folder)).filter((name) => taken.has(path.join(folder, name)));
  const data = (await entries(paths.data)).filter(
    (name) => !MADE_BY_DISKS.has(name) && !((persists || marked) && isRedisFile(name)),
  );
  return [...top, ...data.map((name) => `data/${name}`)];
}
