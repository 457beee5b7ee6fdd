import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { BackendName } from "../../components/backends/registry";
import { createTopology } from "../../components/create";
import type { Outcome } from "../../components/redis/guarantees";
import { EVENTS } from "../../components/redis/guarantees";
import { record } from "./harness";
import { completed, subjects } from "./subjects";

const root = resolve(__dirname, "../..");
const readme = readFileSync(resolve(root, "README.md"), "utf8");

describe.each(Object.keys(subjects) as BackendName[])("the README's row of %s", (backend) => {
  test("says what a queue survives there", async () => {
    const { roles, state, call } = subjects[backend];
    const args = completed(subjects[backend], { queue: roles?.queue ?? {} });
    const { result } = await record(() => createTopology(backend, "t", args), { state, call });
    const cells = EVENTS.map((event) => cell(result.guarantees.queue?.[event]));
    expect(readme).toContain(`| \`${backend}\` | ${cells.join(" | ")} |`);
  });
});

test("every stack file has a row, and every linked file exists", () => {
  const stacks = readdirSync(root).filter((file) => /^Pulumi\..+\.yaml$/.test(file));
  for (const stack of stacks) expect(readme).toContain(`[${stack}](${stack})`);
  for (const [, target = ""] of readme.matchAll(/\]\((?!https:)([^)#]+)/g)) readOrList(resolve(root, target));
});

function readOrList(target: string): void {
  try {
    readFileSync(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EISDIR") throw error;
  }
}

function cell(outcome: Outcome | undefined): string {
  if (outcome?.elsewhere) return "its provider";
  if (!outcome?.kept) return "lost";
  return outcome.lossSeconds === 0 ? "kept" : `${outcome.lossSeconds} s`;
}
