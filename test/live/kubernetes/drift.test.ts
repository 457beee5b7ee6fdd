import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missing } from "../require";
import type { KubernetesObject } from "./cluster";
import { eventually, get, kubectl } from "./cluster";
import { KubernetesTarget } from "./target";

const NAMESPACE = `drift-${randomUUID().slice(0, 8)}`;

/** A setting that is changed by hand, in a real pod. */
describe.skipIf(missing("kubernetes"))("a queue's role", () => {
  let target: KubernetesTarget;

  beforeAll(async () => {
    target = await KubernetesTarget.start(NAMESPACE, { queue: {} });
  }, 120_000);

  afterAll(() => target?.remove());

  const set = (name: string, value: string) =>
    target.sh(
      "queue",
      `{ cat /etc/redis-auth/ping; echo CONFIG SET ${name} ${value}; } | redis-cli | grep -c OK`,
    );
  const isReady = () =>
    get(NAMESPACE, "pod", "redis-queue-0").status.conditions.find(
      ({ type }: KubernetesObject) => type === "Ready",
    ).status === "True";
  const events = () => kubectl(["-n", NAMESPACE, "get", "events", "-o", "jsonpath={.items[*].message}"]);

  test.each([
    ["maxmemory-policy", "allkeys-lru", "noeviction"],
    ["appendonly", "no", "yes"],
  ])(
    "%s %s by hand takes it out of the Service, and says so, until it is set back",
    async (name, now, was) => {
      expect(isReady()).toBe(true);
      set(name, now);
      await eventually("the pod is not ready", () => !isReady());
      expect(events()).toContain(
        `${name} is ${now}, not ${was}: CONFIG SET ${name} ${was}, or delete the pod`,
      );
      set(name, was);
      await eventually("the pod is ready", isReady);
    },
    120_000,
  );
});
