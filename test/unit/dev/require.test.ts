import { afterEach, expect, test, vi } from "vitest";
import { missing } from "../../live/require";

afterEach(() => vi.unstubAllEnvs());

test("without an engine, live tests are skipped, and fail where they are required", () => {
  vi.stubEnv("PATH", "/nowhere");
  vi.stubEnv("PULUMI_HOME", "/nowhere");
  vi.stubEnv("REDIS_TOPOLOGY_REQUIRE_LIVE", "");
  expect(missing("redis")).toBe(true);
  expect(missing()).toBe(false);
  vi.stubEnv("REDIS_TOPOLOGY_REQUIRE_LIVE", "1");
  expect(() => missing("redis", "pulumi")).toThrow(
    "REDIS_TOPOLOGY_REQUIRE_LIVE=1, but this machine has no usable redis and no usable pulumi. Run `npm test`, which gets them.",
  );
});
