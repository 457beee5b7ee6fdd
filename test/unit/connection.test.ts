import fc from "fast-check";
import { expect, test } from "vitest";
import type { Connection } from "../../components/redis/connection";
import { connectionUrl, environment } from "../../components/redis/connection";

const connection: Connection = {
  host: "127.0.0.1",
  port: 6379,
  username: "default",
  password: "secret",
  tls: false,
};

test.each<[Partial<Connection>, string]>([
  [{}, "redis://default:secret@127.0.0.1:6379"],
  [{ tls: true, host: "cache.example.com" }, "rediss://default:secret@cache.example.com:6379"],
  [{ host: "::1", port: 1 }, "redis://default:secret@[::1]:1"],
  [{ username: "a:b", password: "p@ss/word#1 ?" }, "redis://a%3Ab:p%40ss%2Fword%231%20%3F@127.0.0.1:6379"],
  [{ prefix: "{bull}", caCertificate: "PEM" }, "redis://default:secret@127.0.0.1:6379"],
])("the URL of %j", (changes, url) => {
  expect(connectionUrl({ ...connection, ...changes })).toBe(url);
});

test("new URL reads back every part, whatever they hold", () => {
  const text = fc.string({ unit: "binary", minLength: 1 });
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
  const port = fc.integer({ min: 1, max: 65535 });
  fc.assert(
    fc.property(text, text, host, port, fc.boolean(), (username, password, host, port, tls) => {
      const url = connectionUrl({ host, port, username, password, tls });
      expect(url).toMatch(/^rediss?:\/\/[!-~]+$/);
      const parsed = new URL(url);
      expect(parsed.protocol).toBe(tls ? "rediss:" : "redis:");
      expect(decodeURIComponent(parsed.username)).toBe(username);
      expect(decodeURIComponent(parsed.password)).toBe(password);
      expect(parsed.port).toBe(String(port));
      expect([parsed.pathname, parsed.search, parsed.hash]).toEqual(["", "", ""]);
      const bare = new URL(`redis://${host.includes(":") ? `[${host}]` : host}`);
      expect(parsed.hostname).toBe(bare.hostname);
    }),
    { numRuns: 1000 },
  );
});

test("the environment: the cache's under REDIS, the queue's under REDIS_QUEUE", () => {
  const queue = { ...connection, port: 6380, password: "a b", tls: true, prefix: "{bull}" };
  expect(environment(connection, queue)).toEqual({
    REDIS_HOST: "127.0.0.1",
    REDIS_PORT: "6379",
    REDIS_PASSWORD: "secret",
    REDIS_URL: "redis://default:secret@127.0.0.1:6379",
    REDIS_TLS: "false",
    REDIS_QUEUE_HOST: "127.0.0.1",
    REDIS_QUEUE_PORT: "6380",
    REDIS_QUEUE_PASSWORD: "a b",
    REDIS_QUEUE_URL: "rediss://default:a%20b@127.0.0.1:6380",
    REDIS_QUEUE_TLS: "true",
    REDIS_QUEUE_PREFIX: "{bull}",
  });
});

test("an absent role has no variables", () => {
  const names = (cache?: Connection, queue?: Connection) => Object.keys(environment(cache, queue));
  expect(names(connection)).toEqual(["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_URL", "REDIS_TLS"]);
  expect(names(undefined, connection)).toEqual([
    "REDIS_QUEUE_HOST",
    "REDIS_QUEUE_PORT",
    "REDIS_QUEUE_PASSWORD",
    "REDIS_QUEUE_URL",
    "REDIS_QUEUE_TLS",
  ]);
  expect(names()).toEqual([]);
});
