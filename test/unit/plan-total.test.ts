import { describe, expect, test } from "vitest";
import { planDocker } from "../../components/backends/docker/plan";
import { planElasticache } from "../../components/backends/elasticache/plan";
import { planExternal } from "../../components/backends/external/plan";
import { planKubernetes } from "../../components/backends/kubernetes/plan";
import { planLightsail } from "../../components/backends/lightsail/plan";
import { planProcess } from "../../components/backends/process/plan";
import type { Problem } from "../../components/planning/problems";
import { describe as describeProblem } from "../../components/planning/problems";

/** What a program without types may give, none of it right in any of the places below. */
const WRONG: readonly unknown[] = [
  null,
  [],
  { toString: 1, valueOf: null },
  Object.create(null),
  1n,
  Symbol("x"),
  () => 1,
  "__proto__",
  "Pl4nted:s3cret/x",
  { password: "Pl4nted" },
];

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

const PLACES = ["bullmq", "bullmq.lockDuration", "bullmq.stalledInterval", "engine", "version"] as const;

type Plan = (args: never) => { readonly problems: readonly Problem[] };
const PLANS: readonly (readonly [string, Plan])[] = [
  ["process", planProcess],
  ["docker", planDocker],
  ["kubernetes", (args) => planKubernetes(args)],
  ["elasticache", planElasticache],
  ["external", planExternal],
  ["lightsail", planLightsail],
];

describe.each(PLANS)("a wrong value from JavaScript is a problem on %s, never an exception", (_, plan) => {
  test.each(PLACES)("queue.%s", (place) => {
    const [key, inner] = place.split(".") as [string, string?];
    // Any object may be one of options.
    const wrong = place === "bullmq" ? WRONG.filter((value) => !isObject(value)) : WRONG;
    for (const value of wrong) {
      const queue = { [key]: inner === undefined ? value : { [inner]: value } };
      const messages = plan({ queue } as never).problems.map(describeProblem);
      expect(messages.some((message) => message.startsWith(`queue.${place}: `))).toBe(true);
      expect(messages.join("\n")).not.toContain("Pl4nted");
    }
  });
});
