import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import { record } from "./harness";
import { stackFiles } from "./stackFiles";
import { subjects } from "./subjects";

// Whether an engine answers is not what a stack file is tested for.
vi.mock("../../components/backends/docker/reach", () => ({ engineProblems: async () => [] }));

const root = resolve(__dirname, "../..");

describe.each(stackFiles())("$path", ({ path, stack, backend, config, secretKeys }) => {
  test("is what the program accepts, and gives the contract's outputs", async () => {
    const { state, call, environment = {} } = subjects[backend];
    for (const [key, value] of Object.entries(environment)) vi.stubEnv(key, value);
    const { result, resources } = await record(
      async () => {
        vi.resetModules();
        return await pulumi.runtime.runInPulumiStack(async () => (await import("../../index")).default());
      },
      { stack, config, secretKeys, state, call },
    );
    const given = (role: string) => `redis-topology:${role}` in config;
    const roles = [...(given("cache") ? ["cache"] : []), ...(given("queue") ? ["queue", "bullmq"] : [])];
    const outputs = Object.keys(result ?? {}).filter((name) => !["details", "alerts"].includes(name));
    expect(outputs.sort()).toEqual(
      ["backend", "env", "guarantees", "ways", ...roles, ...(subjects[backend].outputs ?? [])].sort(),
    );
    expect(result?.backend).toBe(backend);
    expect(resources.length).toBeGreaterThan(0);
  });

  test("names the schema for editors", () => {
    expect(readFileSync(resolve(root, path), "utf8")).toMatch(
      /^# yaml-language-server: \$schema=(?:\.\.\/)*(?:\.\/)?stack-config\.schema\.json\n/,
    );
  });
});
