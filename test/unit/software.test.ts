import { expect, test } from "vitest";
import { compareVersions, LEAST_VERSION, officialImage } from "../../components/redis/software";

test.each([
  ["7.4", "7.4.0", 0],
  ["6.2.0", LEAST_VERSION, 0],
  ["6.0.16", LEAST_VERSION, -1],
  ["10.0", "9.1", 1],
  ["8.10", "8.9", 1],
  ["7.9.240-rc1", "7.9.239", 1],
  ["", LEAST_VERSION, -1],
])("%j compared to %j is %i", (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
  expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
});

test("the official images, of the default version and of one asked for", () => {
  expect(officialImage("redis", undefined)).toBe("redis:7.4-alpine");
  expect(officialImage("valkey", undefined)).toBe("valkey/valkey:8-alpine");
  expect(officialImage("valkey", "9.0")).toBe("valkey/valkey:9.0-alpine");
});
