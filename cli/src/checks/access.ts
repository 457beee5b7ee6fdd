import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { until } from "../deadline";
import { messageOf } from "../errors";
import type { Target } from "../redisClient";
import { connect, isReply } from "../redisClient";
import type { Check } from "./check";
import { fail, pass, passIf } from "./check";

/** What came of a connection: the server served it, refused it, or never answered as Redis does. */
export interface Attempt {
  readonly outcome: "served" | "refused" | "unreachable";
  /** The server's words, or the network's. */
  readonly message: string;
}

/** Connects and sends a PING. */
export async function attempt(target: Target, signal: AbortSignal): Promise<Attempt> {
  let client: Redis | undefined;
  try {
    client = await connect(target, signal);
    return { outcome: "served", message: await until(signal, client.ping()) };
  } catch (error) {
    return { outcome: isReply(error) ? "refused" : "unreachable", message: messageOf(error) };
  } finally {
    client?.disconnect();
  }
}

/** Connects without a password: tells at once whether the server is there and whether it is open to anyone. */
export function attemptAnonymously({ host, port, tls }: Target, signal: AbortSignal): Promise<Attempt> {
  return attempt({ host, port, tls }, signal);
}

/** Judged on an anonymous attempt. `instead`: what to run where, when nothing answers here. */
export const REACHABLE: Check<{ target: Target; anonymous: Attempt; instead?: string }> = {
  name: "reachable",
  expected: () => "a Redis server",
  judge: ({ target, anonymous: { outcome, message }, instead }) => {
    if (outcome !== "unreachable") return pass(`${target.host}:${target.port}`);
    return fail(instead === undefined ? message : `${message}. ${instead}`);
  },
};

/** Judged on an anonymous attempt. */
export const ANONYMOUS_REFUSED: Check<Attempt> = {
  name: "anonymous refused",
  expected: () => "NOAUTH",
  judge: ({ outcome, message }) => {
    if (outcome === "served") return fail("served without a password");
    return message.startsWith("NOAUTH") ? pass("NOAUTH") : fail(message);
  },
};

export const WRONG_PASSWORD_REFUSED: Check<Target> = {
  name: "wrong password refused",
  expected: () => "WRONGPASS",
  judge: async (target, { signal }) => {
    const { outcome, message } = await attempt({ ...target, password: randomUUID() }, signal);
    if (outcome === "served") return fail("served with a wrong password");
    return message.startsWith("WRONGPASS") ? pass("WRONGPASS") : fail(message);
  },
};

/** Judged on a connection with the stack's password, or on what came instead of one. */
export const AUTHENTICATED: Check<{ target: Target; error?: unknown }> = {
  name: "authenticated",
  expected: () => "the password of the outputs is accepted",
  judge: ({ target, error }) =>
    passIf(error === undefined, error === undefined ? `as ${target.username}` : messageOf(error)),
};
