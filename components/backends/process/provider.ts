import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import type { RedisServerInputs, RedisServerState } from "./redisServer";
import { findBinary } from "./server/binary";
import { isMarked, otherHolder, refuseForeignFolder } from "./server/claim";
import { healthOf } from "./server/health";
import { refuseTakenPort, rehearse, start } from "./server/lifecycle";
import { applyLive } from "./server/live";
import { moveData } from "./server/move";
import { removeFiles } from "./server/remove";
import { stop } from "./server/stop";

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
    // An interrupted `up` can have left a server whose password nobody knows any more.
    await stop(inputs, []);
    const server = await start(inputs, accepted(inputs, password));
    return { id: inputs.directory, outs: state(inputs, password, server) };
  },

  /** The server is what the state says, also while it is stopped: a refresh must not forget the password. */
  async read(id: string, known: RedisServerState): Promise<dynamic.ReadResult> {
    return { id, props: known };
  },

  async update(_id: string, olds: RedisServerState, news: RedisServerInputs): Promise<dynamic.UpdateResult> {
    const password = news.password ?? (olds.ownPassword ? makePassword() : olds.password);
    const passwords = accepted(news, password);
    await refuseForeignFolder(news);
    const holder = await otherHolder(olds);
    if (holder !== undefined) return { outs: await startBeside(holder, olds, news, passwords) };
    const health = await healthOf(olds, olds.password);
    if (health === "busy")
      throw new Error(`${olds.role}: the server is busy. Nothing was changed; run again.`);
    if (health === "healthy") {
      await rehearse(news);
      if (await applyLive(olds, news, passwords)) return { outs: state(news, password, olds.server) };
    }
    if (olds.port !== news.port) await refuseTakenPort(news);
    // The new password too: an update that failed half-way may have set it already.
    await stop(olds, [olds.password, password]);
    if (news.persists) await moveData(news.role, olds.directory, news.directory);
    const server = await start(news, passwords).catch(async (error: Error) => {
      if (health === "healthy") await startAgain(olds, news);
      throw error;
    });
    if (olds.directory !== news.directory) await removeFiles(olds, !news.persists);
    return { outs: state(news, password, server) };
  },

  async delete(_id: string, known: RedisServerState): Promise<void> {
    const holder = await otherHolder(known);
    if (holder !== undefined) {
      console.error(
        `${known.role}: ${known.directory} belongs to ${holder}; its server and files are left alone`,
      );
      return;
    }
    await stop(known, [known.password]);
    const deleteData = known.deleteData || !known.persists;
    await removeFiles(known, deleteData);
    if (!deleteData) {
      console.error(
        `${known.role}: stopped; its data stays in ${known.directory}, for this backend to find again`,
      );
    }
  },
};

/** After a start that failed: the server as it was, so that a mistake in a setting does not end a queue that ran. */
async function startAgain(olds: RedisServerState, news: RedisServerInputs): Promise<void> {
  await moveData(news.role, news.directory, olds.directory);
  await start(olds, accepted(olds, olds.password));
  console.error(`${olds.role}: runs again as before`);
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
  return state(news, password, await start(news, passwords));
}

function changesPassword(olds: RedisServerState, news: RedisServerInputs): boolean {
  return news.password === undefined ? olds.ownPassword : news.password !== olds.password;
}

function state(inputs: RedisServerInputs, password: string, server: string): RedisServerState {
  return { ...inputs, password, ownPassword: inputs.password !== undefined, server };
}

function accepted(inputs: RedisServerInputs, password: string): string[] {
  return inputs.previousPassword === undefined ? [password] : [password, inputs.previousPassword];
}

function makePassword(): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}
