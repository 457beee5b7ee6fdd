import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import * as path from "node:path";
import type { RedisServerInputs } from "../redisServer";
import { Supervision } from "../supervision";
import { unitName, unitText } from "../unit";
import type { Binary } from "./binary";
import { programOf } from "./binary";
import { info, withClient } from "./client";
import { writePrivate } from "./files";
import { serverProcess } from "./identity";
import { systemctl, unitFolder } from "./systemctl";

type Place = Pick<RedisServerInputs, "owner" | "role" | "directory">;

/** What systemd says of a unit. */
export interface UnitState {
  /** The unit as it lies on disk; undefined when it is not there. */
  readonly text: string | undefined;
  /** `enabled`, `disabled`, `masked-runtime`. */
  readonly enabled: string;
  /** 0 when it runs nothing. */
  readonly pid: number;
}

/** Everything that keeps a supervised server from being as the stack says, a sentence each. Pure. */
export function unitProblems(
  file: string,
  expected: string,
  found: UnitState,
  pid: number | undefined,
): string[] {
  const name = path.basename(file);
  if (found.text === undefined) return [`${file} is missing, so that systemd does not know the server`];
  return [
    ...(found.text === expected ? [] : [`${file} is not as this stack writes it`]),
    ...(found.enabled === "enabled"
      ? []
      : [`${name} is ${found.enabled || "not enabled"}: a reboot would not start it`]),
    ...(pid === undefined || found.pid === pid
      ? []
      : [`the server (pid ${pid}) was not started by ${name}, and nobody would start it again`]),
  ];
}

/** What is not as the stack says about who starts this server again; nothing where nobody should. */
export async function supervisionDrift(inputs: RedisServerInputs, binary: Binary): Promise<string[]> {
  const strays = await strayUnits(inputs);
  const stray = strays.map((other) => `${unitFile(other, inputs)} is there, and would start a second server`);
  const { supervise } = inputs;
  if (supervise === undefined) return stray;
  const expected = unitText(inputs, await programOf(binary));
  const found = await unitState(supervise, inputs);
  const pid = await serverProcess(inputs);
  return [...stray, ...unitProblems(unitFile(supervise, inputs), expected, found, pid)];
}

/** Whether the running server is under the systemd that should watch it; one under none, where none should, is. */
export async function isSupervisedAsAsked(inputs: RedisServerInputs): Promise<boolean> {
  if ((await strayUnits(inputs)).length > 0) return false;
  const { supervise } = inputs;
  if (supervise === undefined) return true;
  return (await unitState(supervise, inputs)).pid === (await serverProcess(inputs));
}

/** Writes the unit where it is not as it should be. A running server keeps running; its memory limit changes at once. */
export async function writeUnit(inputs: RedisServerInputs, binary: Binary): Promise<void> {
  const { role, supervise } = inputs;
  if (supervise === undefined) return;
  const file = unitFile(supervise, inputs);
  const text = unitText(inputs, await programOf(binary));
  if ((await readUnit(file)) === text) return;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writePrivate(file, text);
    await chmod(file, 0o644);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${role}: cannot write ${file} (${code ?? message}). Make it writable, then run again.`);
  }
  await systemctl(supervise, "daemon-reload");
}

/** Has systemd start the server now, without waiting for it. */
export async function startUnit(inputs: RedisServerInputs): Promise<void> {
  if (inputs.supervise === undefined) return;
  await systemctl(inputs.supervise, "start", "--no-block", unitName(inputs));
}

/** Has systemd start the server after a reboot. */
export async function enableUnit(inputs: RedisServerInputs): Promise<void> {
  const { supervise } = inputs;
  if (supervise === undefined || (await unitState(supervise, inputs)).enabled === "enabled") return;
  await systemctl(supervise, "unmask", "--runtime", unitName(inputs));
  await systemctl(supervise, "enable", unitName(inputs));
}

/**
 * Stops a server that systemd runs or keeps trying to start; whoever else ends it, systemd starts it again. Throws,
 * before anything, when Redis would not end because it cannot save.
 */
export async function stopUnits(inputs: RedisServerInputs, passwords: readonly string[]): Promise<void> {
  for (const supervision of await units(inputs)) {
    if ((await unitState(supervision, inputs)).pid !== 0) await refuseUnsaved(inputs, passwords);
    await systemctl(supervision, "stop", unitName(inputs));
  }
}

/** Removes the units of this folder but the one that is wanted, and ends what they run. */
export async function removeUnits(place: Place, wanted?: Supervision): Promise<void> {
  for (const supervision of (await units(place)).filter((one) => one !== wanted)) {
    await systemctl(supervision, "disable", "--now", unitName(place));
    await rm(unitFile(supervision, place), { force: true });
    await systemctl(supervision, "daemon-reload");
  }
}

/** What systemd says of a server's last start; empty where nobody supervises it, or its journal cannot be read. */
export async function unitReport(inputs: RedisServerInputs): Promise<string> {
  if (inputs.supervise === undefined) return "";
  const args = ["status", "--lines=12", "--full", unitName(inputs)];
  const status = await systemctl(inputs.supervise, ...args).catch((error: Error) => error.message);
  return `\n${status.trimEnd()}`;
}

async function unitState(supervision: Supervision, place: Place): Promise<UnitState> {
  const text = await readUnit(unitFile(supervision, place));
  const shown = await systemctl(supervision, "show", "-p", "UnitFileState,MainPID", unitName(place));
  const values = new Map(shown.split("\n").map((line) => line.split("=") as [string, string]));
  return { text, enabled: values.get("UnitFileState") ?? "", pid: Number(values.get("MainPID") ?? 0) };
}

/** Those that hold a unit of this folder; asked of the disk, since most hosts have no systemd to ask. */
async function units(place: Place): Promise<Supervision[]> {
  const all = Object.values(Supervision);
  const texts = await Promise.all(all.map((one) => readUnit(unitFile(one, place))));
  return all.filter((_, index) => texts[index] !== undefined);
}

async function strayUnits(inputs: RedisServerInputs): Promise<Supervision[]> {
  return (await units(inputs)).filter((one) => one !== inputs.supervise);
}

async function readUnit(file: string): Promise<string | undefined> {
  return await readFile(file, "utf8").catch(() => undefined);
}

function unitFile(supervision: Supervision, place: Place): string {
  return path.join(unitFolder(supervision), unitName(place));
}

/** Redis answers SIGTERM with going on when its last save would fail, and systemd kills it at the end of its patience. */
async function refuseUnsaved(inputs: RedisServerInputs, passwords: readonly string[]): Promise<void> {
  if (!inputs.persists) return;
  for (const password of passwords) {
    const state = await withClient({ ...inputs, password }, (client) => info(client, "persistence")).catch(
      () => undefined,
    );
    if (state === undefined) continue;
    const failing = ["rdb_last_bgsave_status", "aof_last_write_status"].filter((key) => state[key] === "err");
    if (failing.length === 0) return;
    throw new Error(
      `${inputs.role}: the server does not stop: its last save failed (${failing.join(", ")}). ` +
        "Look into its log, make room on its disk, and have it save (BGSAVE); the server goes on. Then run again.",
    );
  }
}
