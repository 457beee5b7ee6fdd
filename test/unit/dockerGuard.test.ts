import { expect, test } from "vitest";
import { identityProblem } from "../../components/backends/docker/identity";
import { heldBack, limitConfig, tooFull } from "../../components/backends/docker/limit";
import { deviations, roleSettings } from "../../components/backends/docker/running";
import { rejection } from "../../components/backends/docker/trial";

const UNTOUCHED = "Nothing was changed; a server that ran goes on.";

test("another engine is refused with both identities, the same one under another name is not", () => {
  const here = { engineId: "AAAA", engineName: "box" };
  expect(identityProblem(here, { ...here, engineName: "renamed" })).toBeUndefined();
  expect(identityProblem(here, { engineId: "BBBB", engineName: "other" })).toBe(
    'host: the engine "other" (BBBB). Allowed: the engine "box" (AAAA), on which this stack\'s servers and data are. Set it back (or `DOCKER_HOST`, `DOCKER_CONTEXT`); for another engine make another stack, since data does not move. If the engine at the old address was made anew and is empty: `pulumi refresh`, then run again.',
  );
});

test("what makes a role is compared, lines of one name as one", () => {
  const wanted = roleSettings([
    ["appendonly", "yes"],
    ["save", "900", "1"],
    ["save", "60", "10"],
    ["timeout", "5"],
  ]);
  expect(wanted).toEqual({ appendonly: "yes", save: "900 1 60 10" });
  expect(deviations(wanted, wanted)).toEqual([]);
  expect(deviations(wanted, { appendonly: "no", timeout: "0" })).toEqual([["appendonly", "no"]]);
});

test("a rejected directive is named without its value", () => {
  const log = "*** FATAL ***\r\nReading line 3\r\n>>> 'hz \"s3cret\"'\r\nBad value\r\n";
  expect(rejection({ role: "queue", user: "999" }, 1, log)).toBe(
    `queue.config: "hz", which the server rejects: Bad value. ${UNTOUCHED} Correct or remove it.`,
  );
});

test("a queue is not lowered below what it holds, a cache evicts", () => {
  const MIB = 1024 * 1024;
  const wanted = { container: "dev-redis-queue", maxMemory: 64 * MIB, memory: 256 * MIB };
  expect(tooFull({ ...wanted, role: "queue" }, 64 * MIB)).toBeUndefined();
  expect(tooFull({ ...wanted, role: "cache" }, 90 * MIB)).toBeUndefined();
  expect(tooFull({ ...wanted, role: "queue" }, 64 * MIB + 1)).toBe(
    "queue.maxMemory: 64Mi, less than the 65Mi that the queue holds; it evicts nothing, and would refuse every job. Allowed: 65Mi or more. Nothing was changed. Raise it, or let the workers finish jobs (`queue.clean()` removes finished ones), then run again.",
  );
  expect(heldBack({ ...wanted, role: "queue" }, 300 * MIB)).toBe(
    "queue.maxMemory, queue.memoryLimit: the container would get 256Mi, and needs 300Mi for what its processes hold now: the kernel would end them. Allowed: 300Mi or more. Nothing was changed. Wait until a rewrite of the AOF is done, or start it again (`docker restart dev-redis-queue`), then run again.",
  );
  expect(limitConfig(64 * MIB)).toBe("maxmemory 67108864\n");
});
