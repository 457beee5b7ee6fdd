import { expect, test } from "vitest";
import { bytesOf, routing } from "../../cli/src/move/route";

const route = routing([
  { prefix: "bull", name: "mail" },
  { prefix: "{shop}:jobs", name: "mail" },
  { prefix: "bull", name: "é" },
]);
const role = (key: string) => route(bytesOf(Buffer.from(key))).role;

test("a queue's keys go to the queue, under whatever prefix", () => {
  expect(role("bull:mail:1")).toBe("queue");
  expect(role("bull:mail:repeat:abc:1764000000000")).toBe("queue");
  expect(role("{shop}:jobs:mail:meta")).toBe("queue");
  expect(role("bull:é:wait")).toBe("queue");
});

test("everything else goes to the cache, however much it looks like a queue", () => {
  for (const key of ["bull:mail", "bull:mailing:1", "page:bull:mail:1", "jobs:mail:1", "mail", ":", ""]) {
    expect(role(key), key).toBe("cache");
  }
});

test("a key that is no text keeps its bytes", () => {
  const key = Buffer.from([0x62, 0xff, 0x00, 0x3a]);
  expect(Buffer.from(bytesOf(key), "latin1")).toEqual(key);
});
