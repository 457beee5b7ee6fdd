import { expect, test } from "vitest";
import { ErrorGroups, groupId, normaliseError } from "../../cli/src/queues/errorGroups";
import { queueOfKey, readPart } from "../../cli/src/queues/keys";
import { schedulerLine } from "../../cli/src/queues/schedulers";

test.each([
  ["timeout of 1500 ms exceeded", "timeout of # ms exceeded"],
  ["connect ECONNREFUSED 10.0.0.7:5432", "connect ECONNREFUSED #"],
  ["no user 3f2b1c9e-1111-4222-8333-123456789abc", "no user #"],
  ["object 507f1f77bcf86cd799439011 is gone", "object # is gone"],
  ["token sk_live_4eC39HqLyjWDarjtT1zdp7dc refused", "token # refused"],
  ["at 2026-11-24T10:00:00.123Z it broke", "at #T#Z it broke"],
  ["bad pointer 0xdeadbeef", "bad pointer #"],
  ["Decade facade beaded", "Decade facade beaded"],
  ["first line\nsecond 2", "first line"],
  ["", "(no error given)"],
])("the error %j is %j", (error, normalised) => {
  expect(normaliseError(error)).toBe(normalised);
});

test("groups count, remember the first and last, and show the last as a sample", () => {
  const groups = new ErrorGroups();
  groups.add("1", "timeout 5", 100);
  groups.add("2", "timeout 7", 300);
  groups.add("3", "other", 50);
  groups.add("4", "timeout 9", 200);
  expect(groups.list()).toEqual([
    {
      id: groupId("timeout #"),
      error: "timeout #",
      count: 3,
      first: 100,
      last: 300,
      sample: { job: "2", error: "timeout 7" },
    },
    {
      id: groupId("other"),
      error: "other",
      count: 1,
      first: 50,
      last: 50,
      sample: { job: "3", error: "other" },
    },
  ]);
});

test("errors that are all of their own kind fill no memory", () => {
  const groups = new ErrorGroups();
  const words = (at: number) => [...String(at)].map((digit) => "abcdefghij"[Number(digit)]).join("");
  for (let at = 0; at < 2000; at++) groups.add(String(at), `no ${words(at)}zz`, at);
  const list = groups.list();
  expect(list).toHaveLength(501);
  expect(list[0]).toMatchObject({ error: "(errors beyond the first 500 kinds)", count: 1500 });
});

test.each([
  ["bull:mail:meta", { prefix: "bull", name: "mail" }],
  ["{bull}:mail:meta", { prefix: "{bull}", name: "mail" }],
  ["my:app:mail:meta", { prefix: "my:app", name: "mail" }],
  ["mail:meta", undefined],
  [":mail:meta", undefined],
  ["bull::meta", undefined],
  ["bull:mail:id", undefined],
])("%s is the settings of %j", (key, queue) => {
  expect(queueOfKey(key, "meta")).toEqual(queue);
});

test.each([
  ["wait", { kind: "state", state: "waiting" }],
  ["paused", { kind: "state", state: "waiting" }],
  ["failed", { kind: "state", state: "failed" }],
  ["17", { kind: "job", id: "17" }],
  ["17:logs", { kind: "job", id: "17", part: "logs" }],
  ["17:failed", { kind: "job", id: "17", part: "failed" }],
  ["order:7", { kind: "job", id: "order:7" }],
  ["repeat", { kind: "queue", part: "repeat" }],
  ["repeat:nightly", { kind: "queue", part: "repeat" }],
  ["repeat:nightly:1764000000000", { kind: "job", id: "repeat:nightly:1764000000000" }],
  ["repeat:nightly:1764000000000:logs", { kind: "job", id: "repeat:nightly:1764000000000", part: "logs" }],
  ["de:invoice", { kind: "queue", part: "de" }],
  ["metrics:completed:data", { kind: "queue", part: "metrics" }],
])("after the queue, %s is %j", (rest, part) => {
  expect(readPart(rest)).toEqual(part);
});

test.each([
  ["a scheduler", "nightly", { name: "x", pattern: "0 3 * * *", ic: "4" }, "0 3 * * *", false],
  ["a scheduler before it counted", "nightly", { name: "x", every: "5000" }, "every 5000 ms", false],
  [
    "a repeatable job",
    "0123456789abcdef0123456789abcdef",
    { name: "x", every: "5000" },
    "every 5000 ms",
    true,
  ],
  ["one of BullMQ 3 and before", "tick:::UTC:* * * * *", {}, "* * * * *", true],
])("%s is told by its entry", (_what, id, hash, repeats, legacy) => {
  expect(schedulerLine(id, 5, hash)).toMatchObject({ id, repeats, legacy, next: 5 });
});
