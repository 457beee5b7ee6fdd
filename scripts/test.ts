import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiCli } from "../cli/launcher";
import { run } from "../cli/launcher/child";
import { Failure, say } from "../cli/launcher/failure";
import { repository } from "../cli/launcher/paths";
import { ensureRedis } from "./redis";
import { runScript, step } from "./steps";
import type { Check, TestRun } from "./tally";
import { tally } from "./tally";

const cache = join(repository, "node_modules/.cache/redis-topology");
const reportFile = join(cache, "tests.json");
/** The closing line of the last run, for .ci/run. */
const closingFile = join(cache, "closing-line");

const bin = (name: string, args: string[], env = process.env) =>
  run(process.execPath, [join(repository, "node_modules/.bin", name), ...args], { env });

/** `npm test`: format, lint, types, vitest. `npm test -- <args>`: only vitest, with those arguments. */
export function main(args: string[]): void {
  process.chdir(repository);
  runScript(async () => {
    rmSync(cache, { recursive: true, force: true });
    await getTools();
    const checks = args.length > 0 ? [] : await runChecks();
    step("Tests");
    const reporters = args.some((arg) => arg.startsWith("--reporter")) ? [] : ["--reporter=default"];
    reporters.push("--reporter=./scripts/vitest-report.ts");
    const env = { ...process.env, REDIS_TOPOLOGY_TEST_REPORT: reportFile };
    const { code } = await bin("vitest", ["run", ...reporters, ...args], env);
    const { failed, lines } = tally({
      run: existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, "utf8")) as TestRun) : undefined,
      vitestCode: code,
      checks,
      skippedIsFailed: process.env.REDIS_TOPOLOGY_REQUIRE_LIVE === "1",
    });
    mkdirSync(cache, { recursive: true });
    writeFileSync(closingFile, `${lines.at(-1)}\n`);
    say(`\n${lines.join("\n")}`);
    return failed === 0 ? 0 : 1;
  });
}

// Most tests need neither; those that do are skipped, or fail where live tests are required (test/live/require.ts).
async function getTools(): Promise<void> {
  step("Tools");
  for (const [name, get] of [
    ["Pulumi CLI", pulumiCli],
    ["Redis", async () => ensureRedis().path],
  ] as const) {
    try {
      say(`  ${name}: ${await get()}`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      say(
        `  ${name}: not available, so the tests that need it cannot run.\n${error.message.replace(/^/gm, "    ")}`,
      );
    }
  }
}

async function runChecks(): Promise<Check[]> {
  step("Format and lint");
  const lint = await bin("biome", [process.env.CI ? "ci" : "check", "."]);
  step("Types");
  const types = await bin("tsc", ["--noEmit"]);
  return [
    { name: "format and lint", ok: lint.code === 0 },
    { name: "types", ok: types.code === 0 },
  ];
}
