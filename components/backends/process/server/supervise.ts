import * as path from "node:path";
import type { RedisServerInputs } from "../redisServer";
import type { Supervision } from "../supervision";
import { unitName, unitText } from "../unit";
import type { Binary } from "./binary";
import { programOf } from "./binary";
import { info, withClient } from "./client";
import { exporterDrift, removeExporters } from "./exporter";
import { serverProcess } from "./identity";
import { systemctl } from "./systemctl";
import type { UnitState } from "./units";
import { dropUnit, enable, holders, placeUnit, unitFile, unitState } from "./units";

type Place = Pick<RedisServerInputs, "owner" | "role" | "directory">;

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

/** What is not as the stack says about who starts this server again, and its exporter; nothing where nobody should. */
export async function supervisionDrift(inputs: RedisServerInputs, binary: Binary): Promise<string[]> {
  const { supervise } = inputs;
  const name = unitName(inputs);
  const strays = (await strayUnits(inputs)).map(
    (other) => `${unitFile(other, name)} is there, and would start a second server`,
  );
  const problems = [...strays, ...(await exporterDrift(inputs))];
  if (supervise === undefined) return problems;
  const expected = unitText(inputs, await programOf(binary));
  const found = await unitState(supervise, name);
  const pid = await serverProcess(inputs);
  return [...unitProblems(unitFile(supervise, name), expected, found, pid), ...problems];
}

/** Whether the running server is under the systemd that should watch it; one under none, where none should, is. */
export async function isSupervisedAsAsked(inputs: RedisServerInputs): Promise<boolean> {
  if ((await strayUnits(inputs)).length > 0) return false;
  const { supervise } = inputs;
  if (supervise === undefined) return true;
  return (await unitState(supervise, unitName(inputs))).pid === (await serverProcess(inputs));
}

/** Writes the unit where it is not as it should be. A running server keeps running; its memory limit changes at once. */
export async function writeUnit(inputs: RedisServerInputs, binary: Binary): Promise<void> {
  if (inputs.supervise === undefined) return;
  await placeUnit(inputs.supervise, unitName(inputs), unitText(inputs, await programOf(binary)));
}

/** Has systemd start the server now, without waiting for it. */
export async function startUnit(inputs: RedisServerInputs): Promise<void> {
  if (inputs.supervise === undefined) return;
  await systemctl(inputs.supervise, "start", "--no-block", unitName(inputs));
}

/** Has systemd start the server after a reboot. */
export async function enableUnit(inputs: RedisServerInputs): Promise<void> {
  if (inputs.supervise !== undefined) await enable(inputs.supervise, unitName(inputs));
}

/**
 * Stops a server that systemd runs or keeps trying to start; whoever else ends it, systemd starts it again. Throws,
 * before anything, when Redis would not end because it cannot save.
 */
export async function stopUnits(inputs: RedisServerInputs, passwords: readonly string[]): Promise<void> {
  for (const supervision of await holders(unitName(inputs))) {
    if ((await unitState(supervision, unitName(inputs))).pid !== 0) await refuseUnsaved(inputs, passwords);
    await systemctl(supervision, "stop", unitName(inputs));
  }
}

/** Removes the units of this folder but those of the systemd that is wanted, and ends what they run. */
export async function removeUnits(place: Place, wanted?: Supervision): Promise<void> {
  await removeExporters(place, wanted);
  const name = unitName(place);
  for (const supervision of (await holders(name)).filter((one) => one !== wanted)) {
    await dropUnit(supervision, name);
  }
}

/** What systemd says of a server's last start; empty where nobody supervises it, or its journal cannot be read. */
export async function unitReport(inputs: RedisServerInputs): Promise<string> {
  if (inputs.supervise === undefined) return "";
  const args = ["status", "--lines=12", "--full", unitName(inputs)];
  const status = await systemctl(inputs.supervise, ...args).catch((error: Error) => error.message);
  return `\n${status.trimEnd()}`;
}

async function strayUnits(inputs: RedisServerInputs): Promise<Supervision[]> {
  return (await holders(unitName(inputs))).filter((one) => one !== inputs.supervise);
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
