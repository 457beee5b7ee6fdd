import { splitArguments } from "./arguments";

/** Names of the files that a queue keeps its data in; no stack may change them (directiveRules.ts). */
export const SNAPSHOT = "dump.rdb";
export const AOF_FOLDER = "appendonlydir";
export const AOF_MANIFEST = "appendonly.aof.manifest";
/** The whole AOF of Redis before 7. */
export const SINGLE_AOF = "appendonly.aof";
/** The base that a snapshot becomes. */
export const FIRST_BASE = "appendonly.aof.1.base.rdb";

/** The manifest of an AOF that consists of that base (aof.c, `aofLoadManifestFromFile`). */
export const FIRST_MANIFEST = `file ${FIRST_BASE} seq 1 type b\n`;

/** What lies in a data folder: its files and those of `appendonlydir`, sizes in bytes, and the manifest's text. */
export interface DataListing {
  readonly files: ReadonlyMap<string, number>;
  readonly aofFiles: ReadonlyMap<string, number>;
  readonly manifest?: string;
}

/** Where the data is that a start would load. */
export type DataSource = "nothing" | "aof" | "snapshot";

/** Why nobody but a person can say which file holds the data, and what they can do. */
export interface Ambiguity {
  readonly problem: string;
  readonly fix: string;
}

const ASIDE = `move \`${AOF_FOLDER}\` out of the folder: the next start then loads \`${SNAPSHOT}\`, if there is one`;

/**
 * What holds the data. The manifest decides whether there is an AOF, as it does for Redis (aof.c,
 * `loadAppendOnlyFiles`); where Redis would go on with a guess, or start empty beside data, the answer is a problem.
 * `multiPart`: whether the server is Redis 7 or later, or Valkey; earlier ones do not know the folder.
 */
export function dataSource(listing: DataListing, multiPart: boolean): DataSource | Ambiguity {
  const { files, manifest } = listing;
  // What Redis was writing when it was killed, and has not named in a manifest.
  const parts = [...listing.aofFiles.keys()].filter((name) => !name.startsWith("temp-"));
  if (manifest !== undefined) return multiPart ? fromManifest(manifest, listing) : tooNew();
  if (parts.length > 0) {
    return {
      problem: `${AOF_FOLDER} holds ${parts[0]}, but no ${AOF_MANIFEST} that names it`,
      fix: `Restore the manifest, or ${ASIDE}`,
    };
  }
  const snapshot = files.get(SNAPSHOT);
  const single = files.get(SINGLE_AOF);
  if (single === 0 && snapshot !== undefined) {
    return {
      problem: `${SINGLE_AOF} is empty and lies beside ${SNAPSHOT}`,
      fix: `Remove the one that does not hold the data`,
    };
  }
  if (single !== undefined) return "aof";
  if (snapshot === 0) {
    return { problem: `${SNAPSHOT} is empty`, fix: "Restore it from a backup, or remove it" };
  }
  return snapshot === undefined ? "nothing" : "snapshot";
}

function tooNew(): Ambiguity {
  return {
    problem: `the AOF lies in ${AOF_FOLDER}, which servers before Redis 7 do not read`,
    fix: "Choose a newer server with `queue.version`",
  };
}

function fromManifest(manifest: string, { files, aofFiles }: DataListing): DataSource | Ambiguity {
  const named = namedFiles(manifest);
  if (named === undefined || named.length === 0) {
    const what = named === undefined ? "cannot be read" : "names no file";
    return { problem: `${AOF_FOLDER}/${AOF_MANIFEST} ${what}`, fix: `Restore it, or ${ASIDE}` };
  }
  const [only] = named;
  // An upgrade from Redis 6 that was killed between manifest and rename; Redis ends it.
  const upgrading = named.length === 1 && only === SINGLE_AOF && files.has(SINGLE_AOF);
  const missing = named.find((name) => !aofFiles.has(name));
  if (missing !== undefined && !upgrading) {
    return {
      problem: `${AOF_FOLDER}/${AOF_MANIFEST} names ${missing}, which is not there`,
      fix: `Restore that file, or ${ASIDE}`,
    };
  }
  if (files.has(SINGLE_AOF) && !upgrading) {
    return {
      problem: `there are two AOFs, ${SINGLE_AOF} and ${AOF_FOLDER}`,
      fix: "Move the older one out of the folder",
    };
  }
  return "aof";
}

/** The base and the increments; undefined when a line is no record. History is about to be deleted, or is already. */
function namedFiles(manifest: string): string[] | undefined {
  const names: string[] = [];
  for (const line of manifest.split("\n").filter((text) => text.trim() !== "" && !text.startsWith("#"))) {
    const words = splitArguments(line) ?? [];
    const value = (key: string) => words[words.findIndex((word, at) => at % 2 === 0 && word === key) + 1];
    const [file, type] = [words.includes("file") && value("file"), words.includes("type") && value("type")];
    if (!file || !type || !words.includes("seq") || words.length % 2 !== 0) return undefined;
    if (type !== "h") names.push(file);
  }
  return names;
}
