import type { Role } from "redis-topology/redis";
import { startDeadline } from "../deadline";
import { messageOf } from "../errors";
import { LOCALHOST, openTunnel } from "../tunnel";
import type { CheckResult, Verdict } from "./check";
import { fail, passIf } from "./check";

/** redis_exporter's own metric: whether it could ask its server (oliver006/redis_exporter, README). */
const UP = /^redis_up(?:\{[^}]*\})? (\S+)$/m;

/** Whether the exporter beside a server answers, and reaches it; `way` leads there. */
export async function checkExporter(
  role: Role,
  way: readonly string[],
  {
    host,
    timeoutMs,
    signal,
  }: { readonly host: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<CheckResult> {
  const deadline = startDeadline(timeoutMs, signal);
  try {
    const verdict = await judge(way, host, deadline.signal);
    return { role, check: "exporter", ...verdict, expected: "redis_up 1" };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return { role, check: "exporter", ...fail(messageOf(error)), expected: "redis_up 1" };
  } finally {
    deadline.clear();
  }
}

async function judge(way: readonly string[], host: string, signal: AbortSignal): Promise<Verdict> {
  const tunnel = await openTunnel(way, host, signal);
  try {
    const answer = await fetch(`http://${LOCALHOST}:${tunnel.port}/metrics`, { signal });
    const up = UP.exec(await answer.text())?.[1];
    if (up === undefined) return fail(`HTTP ${answer.status} without redis_up`);
    return passIf(up === "1", `redis_up ${up}`);
  } finally {
    await tunnel.close();
  }
}
