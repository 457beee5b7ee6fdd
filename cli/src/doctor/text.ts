import { oneLine } from "../textTable";
import type { DoctorResult } from "./finding";

/** The result for people: findings, what was measured, what was not seen. */
export function doctorText({ findings, roles }: DoctorResult): string {
  const lines = findings.flatMap(({ role, level, what, why, command }) => [
    `${level.toUpperCase()} ${role}: ${oneLine(what)}`,
    `  why: ${oneLine(why)}`,
    `  do:  ${oneLine(command)}`,
  ]);
  if (findings.length === 0) lines.push("Nothing found.");
  for (const { role, fsync, unseen } of roles) {
    if (fsync)
      lines.push(
        `${role}: the data's disk keeps a small write in ${fsync.p50} ms (p50), ${fsync.p99} ms (p99); with \`appendfsync always\` one client would get through ${fsync.jobsPerSecondAlways} jobs a second.`,
      );
    lines.push(...unseen.map((what) => `${role}: not seen: ${oneLine(what)}`));
  }
  return `${lines.join("\n")}\n`;
}
