import { randomUUID } from "node:crypto";
import { until } from "../deadline";
import type { Client } from "../redisClient";
import type { Check, Context } from "./check";
import { fail, pass, passIf } from "./check";

/** Whatever happens to this process, the server itself removes what it wrote after a minute. */
const KEY_LIFE_MS = 60_000;
const SHORT_LIFE_MS = 100;

/** Checks that use a server as an application does; all keys are their own. */
export const SESSION_CHECKS: readonly Check<Client>[] = [
  {
    name: "PING",
    expected: () => "PONG",
    judge: async (client, { signal }) => {
      const answer = await until(signal, client.ping());
      return passIf(answer === "PONG", answer);
    },
  },
  {
    name: "SET/GET",
    expected: () => "the value set",
    judge: (client, context) =>
      withKey(client, context, async (key) => {
        const value = randomUUID();
        await until(context.signal, client.set(key, value, "PX", KEY_LIFE_MS));
        const got = await until(context.signal, client.get(key));
        return got === value ? pass("the value set") : fail(got === null ? "no value" : "another value");
      }),
  },
  {
    name: "TTL",
    expected: () => "set, and the key expires",
    judge: (client, context) => withKey(client, context, (key) => judgeTtl(client, key, context.signal)),
  },
];

async function judgeTtl(client: Client, key: string, signal: AbortSignal) {
  await until(signal, client.set(key, "1", "PX", KEY_LIFE_MS));
  const left = await until(signal, client.pttl(key));
  if (left <= 0 || left > KEY_LIFE_MS) return fail(`PTTL ${left} after PX ${KEY_LIFE_MS}`);
  await until(signal, client.pexpire(key, SHORT_LIFE_MS));
  while ((await until(signal, client.exists(key))) === 1) {
    await until(signal, new Promise((resolve) => setTimeout(resolve, SHORT_LIFE_MS / 4)));
  }
  return pass("set, and the key expired");
}

async function withKey<T>(client: Client, { signal }: Context, use: (key: string) => Promise<T>): Promise<T> {
  const key = `redis-topology:verify:${randomUUID()}`;
  try {
    return await use(key);
  } finally {
    // Where this fails too, the key's own expiry removes it; the first error is the one that matters.
    await until(signal, client.del(key)).catch(() => undefined);
  }
}
