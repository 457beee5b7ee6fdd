import { expect, test } from "vitest";
import { parseInfo, serverName } from "../../components/redis/info";

test("INFO is read with its headings left out and its colons kept", () => {
  const text = "# Server\r\nredis_version:7.0.15\r\nexecutable:/a:b\r\n\r\n# Memory: x\r\nmaxmemory:0\r\n";
  expect(parseInfo(text)).toEqual({ redis_version: "7.0.15", executable: "/a:b", maxmemory: "0" });
});

test.each([
  [{ redis_version: "7.4.1" }, "redis 7.4.1"],
  [{ redis_version: "7.2.4", valkey_version: "8.1.0" }, "valkey 8.1.0"],
  [{}, "redis 0"],
])("%j is %s", (info, name) => {
  expect(serverName(info)).toBe(name);
});
