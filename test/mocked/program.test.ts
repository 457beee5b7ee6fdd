import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import type { BackendName } from "../../components/backends/registry";
import { record } from "./harness";
import { subjects } from "./subjects";

// Whether an engine answers is not what a stack file is tested for.
vi.mock("../../components/backends/docker/reach", () => ({ engineProblems: async () => [] }));

const root = resolve(__dirname, "../..");
const NAME = /^Pulumi\.(.+)\.yaml$/;

/** Every stack file of the repository: the program's own, and those of the systems it replaces. */
const stackFiles = [root, resolve(root, "examples/systems")].filter(existsSync).flatMap((folder) =>
  readdirSync(folder, { recursive: folder !== root, encoding: "utf8" })
    .filter((file) => NAME.test(file.split("/").at(-1) ?? ""))
    .map((file) => resolve(folder, file)),
);

describe.each(stackFiles.map((file) => [file.slice(root.length + 1), file]))("%s", (_, file) => {
  const stack = NAME.exec(file.split("/").at(-1) ?? "")?.[1] ?? "";
  const { config, secretKeys } = readStack(file);
  const backend = (config["redis-topology:backend"] ?? "process") as BackendName;

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
    expect(Object.keys(result ?? {}).sort()).toEqual(
      [
        "backend",
        "bullmq",
        "cache",
        "env",
        "guarantees",
        "queue",
        ...(subjects[backend].outputs ?? []),
      ].sort(),
    );
    expect(result?.backend).toBe(backend);
    expect(resources.length).toBeGreaterThan(0);
  });

  test("names the schema for editors", () => {
    expect(readFileSync(file, "utf8")).toMatch(
      /^# yaml-language-server: \$schema=(?:\.\.\/)*(?:\.\/)?stack-config\.schema\.json\n/,
    );
  });
});

/** A stack file as the engine hands it to the program; encrypted values become readable ones. */
function readStack(file: string): { config: Record<string, string>; secretKeys: string[] } {
  const secretKeys: string[] = [];
  const config: Record<string, string> = {};
  const parsed = parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> };
  for (const [key, value] of Object.entries(parsed.config ?? {})) {
    const text = JSON.stringify(value, (_, inner) => {
      if (typeof inner !== "object" || inner === null || !("secure" in inner)) return inner;
      secretKeys.push(key);
      return "a-decrypted-secret-of-the-stack-file";
    });
    config[key] = typeof value === "string" ? value : text.startsWith('"') ? JSON.parse(text) : text;
  }
  return { config, secretKeys };
}
