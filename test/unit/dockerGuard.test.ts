import { expect, test } from "vitest";
import { identityProblem } from "../../components/backends/docker/identity";
import { deviations, roleSettings } from "../../components/backends/docker/running";
import { rejection } from "../../components/backends/docker/trial";

const UNTOUCHED = "Nothing was changed; a server that ran goes on.";

test("another engine is refused with both identities, the same one under another name is not", () => {
  const here = { engineId: "AAAA", engineName: "box" };
  expect(identityProblem(here, { ...here, engineName: "renamed" })).toBeUndefined();
  expect(identityProblem(here, { engineId: "BBBB", engineName: "other" })).toBe(
    'docker.host: the engine "other" (BBBB). Allowed: the engine "box" (AAAA), on which this stack\'s servers and data are. Set it back (or `DOCKER_HOST`, `DOCKER_CONTEXT`); for another engine make another stack, since data does not move. If the engine at the old address was made anew and is empty: `pulumi refresh`, then run again.',
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
