import { expect, test } from "vitest";
import { describeEndpoints } from "../../../scripts/endpoints";
import type { Host } from "../../../scripts/redis";
import { installPlan, usableRedis } from "../../../scripts/redis";

const host: Host = { manager: "dnf", root: false, sudo: false, found: [] };

test.each<[string, Partial<Host>, string[]]>([
  ["root", { root: true }, ["dnf", "install", "-y", "redis"]],
  ["sudo without a password", { sudo: true }, ["sudo", "-n", "dnf", "install", "-y", "redis"]],
  ["brew never with sudo", { manager: "brew", sudo: true }, ["brew", "install", "redis"]],
])("installs as %s", (_, part, command) => {
  expect(installPlan({ ...host, ...part })).toEqual({ command });
});

test.each<[string, Partial<Host>, string]>([
  [
    "without rights",
    { found: [{ path: "/usr/bin/redis-server", version: "6.0.16" }] },
    `redis-server or valkey-server 6.2.0 or newer is needed on PATH; /usr/bin/redis-server is 6.0.16.
It cannot be installed from here (that needs root, or sudo without a password).
Install it (sudo dnf install -y redis), then run the same command again. No service needs to run.`,
  ],
  [
    "without a package manager",
    { manager: undefined, root: true },
    `redis-server or valkey-server 6.2.0 or newer is needed on PATH; neither was found.
It cannot be installed from here (none of apt-get, dnf, apk, pacman, brew was found).
Install it (your system's package \`redis\` or \`valkey\`), then run the same command again. No service needs to run.`,
  ],
])("says what to install %s", (_, part, error) => {
  expect(installPlan({ ...host, ...part })).toEqual({ error });
});

test("takes the first server that is new enough", () => {
  const old = { path: "/a", version: "6.0.16" };
  const valkey = { path: "/b", version: "8.0.1" };
  expect(usableRedis([old, valkey])).toBe(valkey);
  expect(usableRedis([old])).toBeUndefined();
});

test("endpoints are shown without their passwords", () => {
  const cache = { url: "redis://cache:p%40ss@127.0.0.1:6379" };
  const queue = { url: "rediss://:secret@[::1]:6380/0" };
  expect(describeEndpoints({ cache, queue, backend: "process" })).toBe(
    "  cache  redis://cache:****@127.0.0.1:6379\n  queue  rediss://:****@[::1]:6380/0",
  );
  expect(describeEndpoints({ queue })).toBe("  queue  rediss://:****@[::1]:6380/0");
  expect(describeEndpoints({})).toBe("  the stack has no endpoints");
});
