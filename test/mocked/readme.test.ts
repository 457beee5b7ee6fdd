import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { BackendName } from "../../components/backends/registry";
import { createTopology } from "../../components/create";
import { EVENTS, type Outcome } from "../../components/redis/guarantees";
import { record } from "./harness";
import { completed, subjects } from "./subjects";

const root = resolve(__dirname, "../..");
const readme = readFileSync(resolve(root, "README.md"), "utf8");

/** Where each command of the README is run: a file that holds the same words. */
const RUN_BY: Readonly<Record<string, string>> = {
  "npm start": "test/live/first-run.test.ts",
  "npm test": ".ci/run",
  "npm run down": "test/live/first-run.test.ts",
  "npx redis-topology verify -s local": "test/live/first-run.test.ts",
  "npx redis-topology env -s local": "test/live/first-run.test.ts",
  "npx pulumi stack output --show-secrets --json -s local": "test/live/first-run.test.ts",
  "npx pulumi config set --path --secret queue.password -s local": "test/live/first-run.test.ts",
  "npx pulumi up -s <stack>": "test/live/first-run.test.ts",
  "npx pulumi stack init <stack>": "test/live/first-run.test.ts",
  "npm run schema": "test/unit/settings.test.ts",
  "npm run pack": "test/live/package.test.ts",
  "npm run bench": "test/live/bench.test.ts",
};

test("every command of the README is run by a test or by CI", () => {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
    block.trim().split("\n"),
  );
  const inline = [...readme.matchAll(/`((?:npm|npx) [^`]+)`/g)].map(([, command = ""]) => command);
  const commands = [...blocks.map((line) => line.replace(/\s+#.*$/, "")), ...inline];
  for (const command of commands.filter((command) => command !== "npx pulumi")) {
    const file = RUN_BY[command];
    expect(file, `the README's \`${command}\` is not in RUN_BY`).toBeDefined();
    const words = command.replace("init <stack>", "init another").replace("<stack>", "local");
    expect(readFileSync(resolve(root, file ?? ""), "utf8"), `${file} does not run it`).toContain(words);
  }
});

describe.each(Object.keys(subjects) as BackendName[])("the README's row of %s", (backend) => {
  test("says what a queue survives there", async () => {
    const { roles, state, call } = subjects[backend];
    const args = completed(subjects[backend], { queue: roles?.queue ?? {} });
    const { result } = await record(() => createTopology("t", { backend, args }), { state, call });
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
