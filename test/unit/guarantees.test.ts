import { expect, test } from "vitest";
import type { Event, RoleGuarantees } from "../../components/redis/guarantees";
import {
  CACHE_GUARANTEES,
  EVENTS,
  EVERYSEC_LOSS_SECONDS,
  guaranteeTable,
  kept,
  lossProblems,
  lost,
} from "../../components/redis/guarantees";
import { describe as describeProblem } from "../../components/redis/problems";

const queue: RoleGuarantees = {
  processCrash: kept("The AOF is read back."),
  redeploy: kept("It is saved first."),
  hostCrash: kept("The AOF is fsynced every second.", EVERYSEC_LOSS_SECONDS),
  hostLoss: lost("One disk."),
  zoneLoss: lost("One zone."),
  destroy: kept("The volume stays."),
};
const losing = (...events: Event[]): RoleGuarantees => ({
  ...queue,
  ...Object.fromEntries(events.map((event) => [event, lost(`No disk at ${event}.`)])),
});

test("kept and lost are outcomes", () => {
  expect(kept("Why.")).toEqual({ kept: true, lossSeconds: 0, detail: "Why." });
  expect(kept("Why.", 2)).toEqual({ kept: true, lossSeconds: 2, detail: "Why." });
  expect(lost("Why.")).toEqual({ kept: false, lossSeconds: 0, detail: "Why." });
});

test("a cache keeps nothing, and no event is forgotten", () => {
  expect(Object.keys(CACHE_GUARANTEES)).toEqual(EVENTS);
  expect(Object.values(CACHE_GUARANTEES).filter((outcome) => outcome.kept)).toEqual([]);
});

test("a queue that loses jobs in an ordinary event is refused, with every such event and its reason", () => {
  expect(
    lossProblems({ queue: losing("processCrash", "redeploy", "hostCrash") }, false).map(describeProblem),
  ).toEqual([
    "queue.acceptDataLoss: this backend loses the queue (processCrash: No disk at processCrash. redeploy: No disk at redeploy. hostCrash: No disk at hostCrash.). Allowed: true, or a backend that keeps the queue. Choose another backend or setting for the queue, or accept the loss with `queue.acceptDataLoss: true`.",
  ]);
});

test.each(EVENTS)("losing the queue at %s alone", (event) => {
  const ordinary = ["processCrash", "redeploy", "hostCrash"].includes(event);
  expect(lossProblems({ queue: losing(event) }, false)).toHaveLength(ordinary ? 1 : 0);
  expect(lossProblems({ queue: losing(event) }, true)).toEqual([]);
});

test("a queue that keeps its jobs, a cache, and nothing at all need no acceptance", () => {
  expect(lossProblems({ queue }, false)).toEqual([]);
  expect(lossProblems({ cache: CACHE_GUARANTEES }, false)).toEqual([]);
  expect(lossProblems({}, false)).toEqual([]);
});

test("the table of both roles", () => {
  expect(guaranteeTable({ cache: CACHE_GUARANTEES, queue })).toBe(
    [
      "               cache  queue",
      "Redis crashes  lost   kept",
      "redeploy       lost   kept",
      "host reboots   lost   kept, last 2 s at stake",
      "host is lost   lost   lost",
      "zone is lost   lost   lost",
      "destroy        lost   kept",
    ].join("\n"),
  );
});

test("the table of one role", () => {
  expect(guaranteeTable({ queue })).toBe(
    [
      "               queue",
      "Redis crashes  kept",
      "redeploy       kept",
      "host reboots   kept, last 2 s at stake",
      "host is lost   lost",
      "zone is lost   lost",
      "destroy        kept",
    ].join("\n"),
  );
});
