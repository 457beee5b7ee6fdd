import Table from "cli-table3";
import type { CheckResult } from "./checks/check";

/** The results as a table, with a sentence that sums them up below it. */
export function resultTable(results: readonly CheckResult[]): string {
  const table = new Table({
    head: ["check", "role", "result", "found", "expected"],
    style: { head: [], border: [], compact: true },
  });
  for (const { check, role, result, why, found, expected } of results) {
    table.push([check, role, why === undefined ? result : `${result}: ${why}`, found, expected].map(oneLine));
  }
  return `${table.toString()}\n${summary(results)}\n`;
}

/** The results for programs. */
export function resultJson(backend: string, results: readonly CheckResult[]) {
  return { ok: allGood(results), backend, checks: results };
}

/** Whether nothing failed; a skipped check is no failure. */
export function allGood(results: readonly CheckResult[]): boolean {
  return results.every(({ result }) => result !== "fail");
}

function summary(results: readonly CheckResult[]): string {
  const count = (wanted: CheckResult["result"]) => results.filter(({ result }) => result === wanted).length;
  const skipped = count("skip");
  return `${results.length} checks: ${count("pass")} passed, ${count("fail")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}.`;
}

/** A server's words may hold anything, also what a terminal obeys. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}
