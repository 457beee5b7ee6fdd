import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter, SerializedError, TestModule } from "vitest/node";
import type { TestRun } from "./tally";

const firstLine = (errors: readonly SerializedError[]) =>
  errors[0]?.message?.split("\n")[0] ?? "unknown error";

/** Writes what `tally` needs; vitest's own JSON leaves out unhandled errors and failed hooks. */
export default class Report implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const run: TestRun = { passed: 0, failed: [], skipped: [], todo: 0, errors: [] };
    for (const module of modules) {
      const errors = [module, ...module.children.allSuites()]
        .map((suite) => suite.errors())
        .filter((found) => found.length > 0);
      run.errors.push(...errors.map((found) => `${module.relativeModuleId}: ${firstLine(found)}`));
      for (const test of module.children.allTests()) {
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        const { state } = test.result();
        if (test.options.mode === "todo") run.todo++;
        else if (state === "passed") run.passed++;
        else if (state === "skipped") run.skipped.push(name);
        else run.failed.push(name);
      }
    }
    run.errors.push(...unhandled.map((error) => `outside any test: ${firstLine([error])}`));
    const file = process.env.REDIS_TOPOLOGY_TEST_REPORT;
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(run));
  }
}
