import { expect, test } from "vitest";
import { urlOutputs } from "../../cli/src/urlOutputs";

const FORM =
  "`redis://USER:PASSWORD@HOST:PORT`, or `rediss://` with TLS; leave the password out and give it in REDISCLI_AUTH";

test("a URL stands for one role, the password decoded", () => {
  const { queue, cache, bullmq } = urlOutputs("redis://:p%40ss@[::1]:6380/0", "queue", {});
  expect(cache).toBeUndefined();
  expect(queue).toEqual({
    host: "::1",
    port: 6380,
    username: "default",
    password: "p@ss",
    tls: false,
    url: "redis://default:p%40ss@[::1]:6380",
  });
  expect(bullmq?.producer).toMatchObject({ host: "::1", port: 6380, password: "p@ss" });
});

test("the password may come from REDISCLI_AUTH, the port from the scheme", () => {
  const { queue, cache, bullmq } = urlOutputs("rediss://app@redis.example", "cache", { REDISCLI_AUTH: "s" });
  expect({ queue, bullmq }).toEqual({ queue: undefined, bullmq: undefined });
  expect(cache).toMatchObject({
    host: "redis.example",
    port: 6379,
    username: "app",
    password: "s",
    tls: true,
  });
});

test.each([
  ["secret", `--url is no URL. Allowed: ${FORM}.`],
  ["http://:secret@host", `--url is no address of a Redis. Allowed: ${FORM}.`],
  [
    "redis://:secret@host/3",
    "--url names a database other than 0. BullMQ and these commands use database 0: remove it.",
  ],
  ["redis://:secret%ZZ@host", "--url holds a `%` that encodes nothing. Write a percent sign as `%25`."],
])("%s is refused without being quoted", (url, message) => {
  expect(() => urlOutputs(url, "queue", {})).toThrow(new Error(message));
});
