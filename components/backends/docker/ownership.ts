import type { Problem } from "../../redis/problems";
import { key, say, settingName } from "../../redis/sentence";
import { OWNER_LABEL } from "./leftovers";

/** A volume as the engine has it, and who uses it. */
export interface FoundVolume {
  readonly name: string;
  /** Value of the owner's label; none on one that was made elsewhere, or by a version before that label. */
  readonly owner?: string;
  readonly users: readonly VolumeUser[];
}

/** A container, running or not, that mounts a volume. */
export interface VolumeUser {
  readonly name: string;
  readonly owner?: string;
  readonly running: boolean;
  /** Whether it may write there; what backs a volume up may not. */
  readonly writes: boolean;
}

/** Who asks for a volume. */
export interface Asking {
  /** `<project>/<stack>/<topology>`. */
  readonly owner: string;
  /** Names of its containers; those of an earlier version have no label. */
  readonly containers: readonly string[];
}

/** Whose a volume is, if somebody else's: by its label, else by the label of a container that mounts it. Pure. */
export function foreignOwner({ owner }: Asking, { owner: marked, users }: FoundVolume): string | undefined {
  if (marked !== undefined) return marked === owner ? undefined : marked;
  return users.map((user) => user.owner).find((other) => other !== undefined && other !== owner);
}

/** What is wrong with the volume that a queue is to have its data on. Pure. */
export function dataProblem(asking: Asking, volume: FoundVolume): Problem | undefined {
  const other = foreignOwner(asking, volume);
  const { name } = volume;
  if (other !== undefined) {
    return {
      key: "volume",
      was: `"${name}", which holds the data of ${other}`,
      allowed: `a volume of ${asking.owner}, one that no other topology has, or a new name`,
      fix: say`Set another one with ${key("volume")}. To have the data in both, copy it while ${other} is stopped: \`docker run --rm -v ${name}:/from:ro -v <name>:/to redis:7.4-alpine cp -a /from/. /to/\`.`,
    };
  }
  const strangers = volume.users.filter((user) => user.running && user.writes && !isOurs(asking, user));
  // What has been beside our server all the time is no news.
  if (strangers.length === 0 || volume.users.some((user) => isOurs(asking, user))) return undefined;
  const names = strangers.map((user) => user.name).join(" ");
  return {
    key: "volume",
    was: `"${name}", on which other containers write now: ${names.replaceAll(" ", ", ")}`,
    allowed: "a volume that nobody else writes to: two servers on one destroy its files",
    fix: `Stop them for good (\`docker stop ${names}\`; what Compose runs, take out of its file too), then run again.`,
  };
}

/**
 * What is wrong with a new queue beside a volume with the name of earlier versions, `<stack>-<topology>-queue-data`: it
 * may hold this stack's jobs, or those of another project, and only a person knows. Pure.
 */
export function earlierProblem(asking: Asking, wanted: string, earlier: FoundVolume): Problem | undefined {
  const { name, owner, users } = earlier;
  if (owner !== undefined || foreignOwner(asking, earlier) !== undefined) return undefined;
  if (users.some(({ running }) => running)) return undefined;
  return {
    key: "volume",
    was: `missing, and the engine has "${name}", where an earlier version kept the queue of a stack of this name, of this project or another`,
    allowed: "the name of the volume to use",
    fix: say`If it holds this stack's jobs, set ${key("volume", name)}. To begin with an empty queue, set ${key("volume", wanted)}.`,
  };
}

/** What is wrong with the volume that a server's files are to lie on. Pure. */
export function filesProblem(asking: Asking, volume: FoundVolume): string | undefined {
  const other = foreignOwner(asking, volume);
  if (other === undefined) return undefined;
  return (
    `The engine has a volume "${volume.name}" of ${other}, which is what the files of ${asking.owner} would be called. ` +
    "Give the stack or the topology another name, then run again."
  );
}

/** What is wrong with a volume that the state has already: two stacks of one name may have met on it before. Pure. */
export function sharedProblem(asking: Asking, volume: FoundVolume, section?: string): string | undefined {
  const other = foreignOwner(asking, volume);
  if (other === undefined) return undefined;
  return (
    `The volume "${volume.name}" in this stack's state holds the data of ${other}. Nothing was changed. ` +
    "Take it out of the state (`pulumi stack --show-urns`, then `pulumi state delete --force` with the URN that ends in its resource's name), " +
    `set \`${settingName("volume", section)}\` to another name, then run again.`
  );
}

function isOurs({ owner, containers }: Asking, user: VolumeUser): boolean {
  return user.owner === owner || (user.owner === undefined && containers.includes(user.name));
}

/** The owner in a thing's labels. */
export function ownerIn(labels: Readonly<Record<string, string>> | null | undefined): string | undefined {
  return labels?.[OWNER_LABEL];
}
