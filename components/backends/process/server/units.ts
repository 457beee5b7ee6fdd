import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import * as path from "node:path";
import { Supervision } from "../supervision";
import { writePrivate } from "./files";
import { systemctl, unitFolder } from "./systemctl";

/** What systemd says of a unit. */
export interface UnitState {
  /** The unit as it lies on disk; undefined when it is not there. */
  readonly text: string | undefined;
  /** `enabled`, `disabled`, `masked-runtime`. */
  readonly enabled: string;
  /** 0 when it runs nothing. */
  readonly pid: number;
}

export async function unitState(supervision: Supervision, name: string): Promise<UnitState> {
  const text = await readUnit(supervision, name);
  const shown = await systemctl(supervision, "show", "-p", "UnitFileState,MainPID", name);
  const values = new Map(shown.split("\n").map((line) => line.split("=") as [string, string]));
  return { text, enabled: values.get("UnitFileState") ?? "", pid: Number(values.get("MainPID") ?? 0) };
}

/** Those that hold a unit of this name; asked of the disk, since most hosts have no systemd to ask. */
export async function holders(name: string): Promise<Supervision[]> {
  const all = Object.values(Supervision);
  const texts = await Promise.all(all.map((one) => readUnit(one, name)));
  return all.filter((_, index) => texts[index] !== undefined);
}

/** Writes a unit where it is not as it should be. What runs keeps running; a limit of its memory changes at once. */
export async function placeUnit(supervision: Supervision, name: string, text: string): Promise<boolean> {
  const file = unitFile(supervision, name);
  if ((await readUnit(supervision, name)) === text) return false;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writePrivate(file, text);
    await chmod(file, 0o644);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`Cannot write ${file} (${code ?? message}). Make it writable, then run again.`);
  }
  await systemctl(supervision, "daemon-reload");
  return true;
}

/** Has systemd start it after a reboot. */
export async function enable(supervision: Supervision, name: string): Promise<void> {
  if ((await unitState(supervision, name)).enabled === "enabled") return;
  await systemctl(supervision, "unmask", "--runtime", name);
  await systemctl(supervision, "enable", name);
}

/** Ends what a unit runs, and removes it. */
export async function dropUnit(supervision: Supervision, name: string): Promise<void> {
  await systemctl(supervision, "disable", "--now", name);
  await rm(unitFile(supervision, name), { force: true });
  await systemctl(supervision, "daemon-reload");
}

export function unitFile(supervision: Supervision, name: string): string {
  return path.join(unitFolder(supervision), name);
}

async function readUnit(supervision: Supervision, name: string): Promise<string | undefined> {
  return await readFile(unitFile(supervision, name), "utf8").catch(() => undefined);
}
