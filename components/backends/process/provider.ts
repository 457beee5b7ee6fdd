import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import type { RedisServerInputs, RedisServerState } from "./redisServer";
import { findBinary } from "./server/binary";
import { removeFiles } from "./server/files";
import { isHealthy, refuseForeignServer, refuseTakenPort, rehearse, start, stop } from "./server/lifecycle";
import { applyLive } from "./server/live";
import { moveData } from "./server/move";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Letters and digits need no quoting anywhere; 40 of 62 are 238 bits. */
const PASSWORD_LENGTH = 40;

const INPUT_KEYS = [
  "role",
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
    const otherPassword = news.password !== undefined && news.password !== olds.password;
    if (changed || otherPassword) return { changes: true };
    if (await isHealthy(olds, olds.password)) return { changes: false };
    console.error(`${olds.role}: no answer from the server on port ${olds.port}; an update starts it again`);
    return { changes: true };
  },

  async create(inputs: RedisServerInputs): Promise<dynamic.CreateResult> {
    const password = inputs.password ?? makePassword();
    await refuseForeignServer(inputs);
    // An interrupted `up` can have left a server whose password nobody knows any more.
    await stop(inputs, []);
    const server = await start(inputs, accepted(inputs, password));
    return { id: `${inputs.directory}`, outs: { ...inputs, password, server } };
  },

  /** The server is what the state says, also while it is stopped: a refresh must not forget the password. */
  async read(id: string, state: RedisServerState): Promise<dynamic.ReadResult> {
    return { id, props: state };
  },

  async update(_id: string, olds: RedisServerState, news: RedisServerInputs): Promise<dynamic.UpdateResult> {
    const password = news.password ?? olds.password;
    const passwords = accepted(news, password);
    const outs = (server: string) => ({ outs: { ...news, password, server } });
    if (await isHealthy(olds, olds.password)) {
      await rehearse(news);
      if (await applyLive(olds, news, passwords)) return outs(olds.server);
    }
    if (olds.port !== news.port) await refuseTakenPort(news);
    // The new password too: an update that failed half-way may have set it already.
    await stop(olds, [olds.password, password]);
    if (news.persists) await moveData(news.role, olds.directory, news.directory);
    const server = await start(news, passwords);
    if (olds.directory !== news.directory) await removeFiles(olds.directory, !news.persists);
    return outs(server);
  },

  async delete(_id: string, state: RedisServerState): Promise<void> {
    await stop(state, [state.password]);
    await removeFiles(state.directory, state.deleteData || !state.persists);
  },
};

function accepted(inputs: RedisServerInputs, password: string): string[] {
  return inputs.previousPassword === undefined ? [password] : [password, inputs.previousPassword];
}

function makePassword(): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}
