import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAddress } from "../../components/backends/external/address";
import { changes, judge } from "../../components/backends/external/judge";
import { failure } from "../../components/backends/external/observe";
import { isLoopback } from "../../components/redis/address";
import { connectionUrl } from "../../components/redis/connection";
import { describe as told } from "../../components/redis/problems";

describe("readAddress", () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
  const address = fc.record({
    host,
    port: fc.integer({ min: 1, max: 65535 }),
    username: fc.string({ minLength: 1, unit: "grapheme" }),
    password: fc.string({ minLength: 1, unit: "grapheme" }),
    tls: fc.boolean(),
  });

  test("reads every URL that connectionUrl writes back into its parts", () => {
    fc.assert(
      fc.property(address, (given) => {
        const read = readAddress("queue", { url: connectionUrl(given), acceptInsecure: true });
        expect(read.problems).toEqual([]);
        // A URL parser writes the same IPv6 address in its canonical form.
        const canonical = given.host.includes(":")
          ? new URL(`http://[${given.host}]`).hostname.slice(1, -1)
          : given.host.toLowerCase();
        expect(read.address).toEqual({ ...given, host: canonical });
      }),
    );
  });

  test("no message holds the URL's password", () => {
    fc.assert(
      fc.property(fc.webPath(), fc.constantFrom("redis", "rediss", "http"), (path, scheme) => {
        const { problems } = readAddress("queue", { url: `${scheme}://u:s3cr3t%@h.example${path}` });
        expect(JSON.stringify(problems)).not.toContain("s3cr3t");
      }),
    );
  });

  test.each([
    [{ url: "nonsense" }, "not a URL"],
    [{ url: "http://h.example" }, 'a URL of the scheme "http:"'],
    [{ url: "redis://" }, "a URL without a host"],
    [{ url: "rediss://u:100%@h.example" }, "a URL whose user or password is not percent-encoded"],
    [{ url: "rediss://u:p@h.example?db=1" }, "a URL with a query or fragment"],
    [{ url: "rediss://u:p@h.example", port: 6380 }, "given beside port"],
    [{}, "missing"],
    [{ host: "h.example:6379/x" }, "a text of 16 characters"],
    [{ host: "rediss://u:hunter2@h.example:63" }, "a text of 31 characters"],
    [{ url: "hunter2:x" }, "a URL of another scheme"],
    [{ host: "h.example", port: 0, password: "p" }, "0"],
  ])("%j is refused as %s", (server, was) => {
    expect(readAddress("queue", server).problems.map((problem) => problem.was)).toEqual([was]);
  });

  test("TLS is on by default, but not on loopback", () => {
    expect(readAddress("queue", { host: "h.example", password: "p" }).address?.tls).toBe(true);
    expect(readAddress("queue", { host: "127.0.0.1" })).toMatchObject({
      address: { tls: false },
      problems: [],
    });
    expect(["localhost", "::1", "127.1.2.3"].every(isLoopback)).toBe(true);
    expect(["127.evil.example", "localhost.example", "10.0.0.1"].some(isLoopback)).toBe(false);
  });
});

describe("judge", () => {
  const good = { server: "redis 6.2.0", clusterMode: false, policy: "noeviction", persistence: "aof" };

  test.each([
    ["queue", {}, []],
    ["queue", { server: "valkey 8.1.0" }, []],
    ["queue", { server: "redis 10.0.0" }, []],
    ["cache", { policy: "allkeys-lru" }, []],
    ["cache", { server: "redis 6.0.16" }, ["redis 6.0.16"]],
    ["queue", { policy: "volatile-lru" }, ['"volatile-lru"']],
    ["queue", { policy: "" }, ["hidden by the service"]],
    ["queue", { standing: "read-only replica" as const }, ["a read-only replica"]],
    ["queue", { standing: "writable replica" as const }, ["a writable replica"]],
    ["cache", { standing: "read-only replica" as const }, ["a read-only replica"]],
    ["cache", { standing: "writable replica" as const }, []],
    ["queue", { standing: "sentinel" as const, policy: "" }, ["a sentinel"]],
    ["cache", { standing: "sentinel" as const }, ["a sentinel"]],
  ])("a %s on a server with %j", (role, over, was) => {
    expect(judge(role, { ...good, ...over }).map((problem) => problem.was)).toEqual(was);
  });
});

test("a hidden policy is not told to be wrong", () => {
  const hidden = { server: "redis 7.4.0", clusterMode: false, policy: "", persistence: "" };
  expect(judge("queue", hidden).map(told)).toEqual([
    "queueServer maxmemory-policy: hidden by the service. Allowed: noeviction, since a queue that evicts loses jobs. Look it up at the server's provider; when it is noeviction there, skip the check with `checkAtDeploy: false` and `queueServer.clusterMode`.",
  ]);
});

test.each([
  [
    "NOPERM this user has no permissions to run the 'info' command",
    "does not let the user that is given run INFO. Allow it at the server's provider (`+info`), or skip the check with `checkAtDeploy: false`.",
  ],
  [
    "LOADING Redis is loading the dataset in memory",
    "is still loading its data. Run `pulumi up` again when it has done so.",
  ],
  [
    "MASTERDOWN Link with MASTER is down",
    "is a replica that has lost its primary. Give the address of the primary.",
  ],
  [
    "WRONGPASS invalid username-password pair",
    "refuses the user that is given with this password. Check both at the server's provider.",
  ],
  [
    "NOAUTH Authentication required.",
    "demands a password, and none is given. Set `queueServer.password` to the one that the server's provider shows.",
  ],
])("%s is named as what it is", (message, text) => {
  const server = { role: "queue", host: "h.example", port: 6379, username: "app", tls: true };
  expect(failure(server, new Error(message))).toBe(`queueServer: the server on port 6379 ${text}`);
});

describe("changes", () => {
  const before = { server: "redis 7.4.1", clusterMode: false, policy: "noeviction", persistence: "aof" };

  test("each thing that differs is told with both values; nothing before the first up", () => {
    const now = {
      server: "redis 7.4.2",
      clusterMode: true,
      policy: "",
      persistence: "aof",
      standing: "read-only replica",
    } as const;
    expect(changes(before, now)).toEqual([
      'the software of the server is "redis 7.4.2", at the last up it was "redis 7.4.1"',
      "cluster mode of the server is true, at the last up it was false",
      'maxmemory-policy of the server is hidden by the service, at the last up it was "noeviction"',
      'the replication role of the server is "read-only replica", at the last up it was "primary"',
    ]);
    expect(changes(before, before)).toEqual([]);
    expect(changes(undefined, now)).toEqual([]);
  });
});

test("a host that may be a secret is in no message, also where the system repeats it", () => {
  const server = { role: "queue", host: "hunter-two", port: 6379, username: "hunter-app", tls: true };
  const error = Object.assign(new Error("getaddrinfo ENOTFOUND hunter-two"), { code: "ENOTFOUND" });
  expect(failure(server, error)).toBe(
    "queueServer: the server on port 6379 cannot be used with TLS: getaddrinfo ENOTFOUND the host. Check host, port, TLS, certificate and firewall, or skip the check with `checkAtDeploy: false`.",
  );
});
