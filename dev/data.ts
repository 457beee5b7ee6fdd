import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync, realpathSync } from "node:fs";
import { sep } from "node:path";

export interface DataFacts {
  /** The folder, as the messages name it. */
  folder: string;
  /** Whether the backend in use knows the stack. */
  stackExists: boolean;
  /** Why the user's own backend is used; undefined for this clone's state. */
  ownBackend: string | undefined;
  /** The ids of the processes that work in the folder. */
  processes: number[];
}

/** Why the data of a stack that was taken down must stay, and what to do; undefined when it may go. */
export function whyDataStays({ folder, stackExists, ownBackend, processes }: DataFacts): string | undefined {
  if (processes.length > 0)
    return [
      `${folder} is in use (pid ${processes.join(", ")}), so nothing was removed: its server is not of the stack that was just taken down.`,
      "Run the same command where that server's stack is kept (with the same PULUMI_BACKEND_URL, login or clone), or stop the server first.",
    ].join("\n");
  if (ownBackend && !stackExists)
    return [
      `Your own backend is used (${ownBackend}), and it has no such stack: ${folder} is another stack's, and nothing was removed.`,
      `Run the same command where that stack is kept, or remove ${folder} yourself.`,
    ].join("\n");
  return undefined;
}

/** The processes that work in a folder or below it: a redis-server works in its data folder. */
export function processesIn(folder: string): number[] {
  const root = realpathSync(folder);
  return workingFolders()
    .filter(([, cwd]) => cwd === root || cwd.startsWith(root + sep))
    .map(([pid]) => pid);
}

function workingFolders(): [pid: number, cwd: string][] {
  if (process.platform !== "linux") return fromLsof();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): [number, string][] => {
      try {
        return [[Number(pid), readlinkSync(`/proc/${pid}/cwd`)]];
      } catch {
        return []; // Ended meanwhile, or another user's, who cannot work in a folder of ours.
      }
    });
}

function fromLsof(): [number, string][] {
  const listing = execFileSync("lsof", ["-w", "-d", "cwd", "-Fpn"], { encoding: "utf8" });
  return [...listing.matchAll(/^p(\d+)\n(?:f.*\n)?n(.+)$/gm)].map(([, pid, cwd]) => [Number(pid), `${cwd}`]);
}
