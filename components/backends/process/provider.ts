import { randomInt, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import type { RedisServerInputs, RedisServerState } from "./redisServer";
import { findBinary } from "./server/binary";
import { isMarked, otherHolder, refuseForeignFolder } from "./server/claim";
import { withClient } from "./server/client";
import { describeDrift, drift, ensureAof, readSettings } from "./server/drift";
import { applyExporter } from "./server/exporter";
import { healthOf } from "./server/health";
import { serverProcess } from "./server/identity";
import { isReplaced, writeInstance } from "./server/instance";
import { refuseTakenPort, rehearse, start } from "./server/lifecycle";
import { applyLive, settingsOf } from "./server/live";
import { removeFiles } from "./server/remove";
import { judgeRestart, restart } from "./server/restart";
import { stop } from "./server/stop";
import {
  enableUnit,
  isSupervisedAsAsked,
  removeUnits,
  supervisionDrift,
  writeUnit,
} from "./server/supervise";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Letters and digits need no quoting anywhere; 40 of 62 are 238 bits. */
const PASSWORD_LENGTH = 40;

const INPUT_KEYS = [
  "role",
  "owner",
  "directory",
  "host",
  "port",
  "directives",
  "persists",
  "deleteData",
  "engine",
  "version",
  "previousPassword",
  "supervise",
  "memoryLimit",
  "exporter",
] as const;

/** What Pulumi's engine calls for a RedisServer. Runs in the process of Pulumi's dynamic provider. */
export const provider = {
  /** Fails the preview when this host has no server program to run. */
  async check(_olds: unknown, news: RedisServerInputs): Promise<dynamic.CheckResult> {
    const failures = await findBinary(news.engine, news.version).then(
      () => [],
      (error: Error) => [{ property: "engine", reason: error.message }],
    );
    return { inputs: news, failures };
  },

  /** Sees changed settings, and a server that does not answer; Pulumi asks on every run, changed inputs or not. */
  async diff(_id: string, olds: RedisServerState, news: RedisServerInputs): Promise<dynamic.DiffResult> {
    const changed = INPUT_KEYS.some((key) => !isDeepStrictEqual(olds[key], news[key]));
    if (changed || changesPassword(olds, news)) return { changes: true };
    if (!(await isMarked(olds))) {
      console.error(`${olds.role}: ${olds.directory} is not marked as this state's; an update marks it`);
      return { changes: true };
    }
    const health = await healthOf(olds, olds.password);
    if (health === "healthy") {
      const drifted = [await hasDrifted(olds), await isUnwatched(olds)];
      return { changes: drifted.includes(true) };
    }
    if (health === "down") {
      console.error(
        `${olds.role}: no answer from the server on port ${olds.port}; an update starts it again`,
      );
    }
    if (health === "busy")
      console.error(`${olds.role}: the server on port ${olds.port} is busy; it is left alone`);
    return { changes: health === "down" };
  },

  async create(inputs: RedisServerInputs): Promise<dynamic.CreateResult> {
    const password = inputs.password ?? makePassword();
    await refuseForeignFolder(inputs);
    // An interrupted `up` can have left a server whose password nobody knows any more; a replacement has one too.
    await stop(inputs, []);
    const server = await start(inputs, accepted(inputs, password));
    return { id: inputs.directory, outs: await state(inputs, password, server, randomUUID()) };
  },

  async read(id: string, known: RedisServerState): Promise<dynamic.ReadResult> {
    return { id, props: known };
  },

  async update(_id: string, olds: RedisServerState, news: RedisServerInputs): Promise<dynamic.UpdateResult> {
    const password = news.password ?? (olds.ownPassword ? makePassword() : olds.password);
    const passwords = accepted(news, password);
    const instance = olds.instance ?? randomUUID();
    await refuseForeignFolder(news);
    const holder = await otherHolder(olds);
    if (holder !== undefined) return { outs: await startBeside(holder, olds, news, passwords) };
    const health = await healthOf(olds, olds.password);
    if (health === "busy")
      throw new Error(`${olds.role}: the server is busy. Nothing was changed; run again.`);
    if (health === "healthy") {
      await rehearse(news);
      await keepAof(olds);
      if ((await isSupervisedAsAsked(news)) && (await applyLive(olds, news, passwords))) {
        await watch(news, password);
        return { outs: await state(news, password, olds.server, instance) };
      }
    }
    // A run that was killed before its state was kept has left the new server, in the new folder or on the new port.
    const early = await serverProcess(news);
    if (olds.port !== news.port && early === undefined) await refuseTakenPort(news);
    if (news.persists) await judgeRestart(olds, news, health === "healthy");
    // The new password too: an update that failed half-way may have set it already.
    await stop(olds, [olds.password, password]);
    if (early !== undefined) await stop(news, [password, olds.password]);
    const server = await restart(olds, news, passwords, health === "healthy");
    return { outs: await state(news, password, server, instance) };
  },

  async delete(_id: string, known: RedisServerState): Promise<void> {
    const holder = await otherHolder(known);
    if (holder !== undefined) {
      console.error(
        `${known.role}: ${known.directory} belongs to ${holder}; its server and files are left alone`,
      );
      return;
    }
    if (await isReplaced(known)) {
      console.error(`${known.role}: its replacement runs in ${known.directory}; nothing is removed there`);
      return;
    }
    const deleteData = known.deleteData || !known.persists;
    if (!deleteData && (await healthOf(known, known.password)) === "healthy") await keepAof(known);
    await stop(known, [known.password]);
    await removeUnits(known);
    await removeFiles(known, deleteData);
    if (!deleteData) {
      console.error(
        `${known.role}: stopped; its data stays in ${known.directory}, for this backend to find again`,
      );
    }
  },
};

/** Whether somebody has changed the running server, with a line for each setting. */
async function hasDrifted(known: RedisServerState): Promise<boolean> {
  const found = await withClient(known, (client) => readSettings(client, known.directives));
  const drifted = drift(settingsOf(known), found);
  for (const setting of drifted) console.error(describeDrift(known.role, setting));
  return drifted.length > 0;
}

/** Whether the systemd that should start the server again would not, or another would, with a line for each reason. */
async function isUnwatched(known: RedisServerState): Promise<boolean> {
  const problems = await supervisionDrift(known, await findBinary(known.engine, known.version));
  for (const problem of problems) console.error(`${known.role}: ${problem}; an update sets it right`);
  return problems.length > 0;
}

/** Brings the units of a running server to what is asked. */
async function watch(inputs: RedisServerInputs, password: string): Promise<void> {
  await writeUnit(inputs, await findBinary(inputs.engine, inputs.version));
  await enableUnit(inputs);
  await applyExporter(inputs, password);
}

/** A queue whose AOF was switched off has an old one on disk, which the next start would load. */
async function keepAof(known: RedisServerState): Promise<void> {
  if (known.persists) await withClient(known, (client) => ensureAof(known.role, client));
}

/** The state was copied with a clone whose server runs on: this one gets a server of its own. */
async function startBeside(
  holder: string,
  olds: RedisServerState,
  news: RedisServerInputs,
  passwords: readonly string[],
): Promise<RedisServerState> {
  console.error(`${olds.role}: ${olds.directory} belongs to ${holder} and is left alone`);
  const [password = ""] = passwords;
  await stop(news, passwords);
  return await state(news, password, await start(news, passwords), randomUUID());
}

function changesPassword(olds: RedisServerState, news: RedisServerInputs): boolean {
  return news.password === undefined ? olds.ownPassword : news.password !== olds.password;
}

/** What is known of a server that answers; its folder knows which resource it belongs to. */
async function state(
  inputs: RedisServerInputs,
  password: string,
  server: string,
  instance: string,
): Promise<RedisServerState> {
  const settings = await withClient({ ...inputs, password }, (client) =>
    readSettings(client, inputs.directives),
  );
  await writeInstance(inputs.directory, instance);
  return { ...inputs, password, ownPassword: inputs.password !== undefined, server, instance, settings };
}

function accepted(inputs: RedisServerInputs, password: string): string[] {
  return inputs.previousPassword === undefined ? [password] : [password, inputs.previousPassword];
}

function makePassword(): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}
