import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { parseInfo, Role, wayCommand } from "redis-topology/redis";
import { startDeadline, until } from "../deadline";
import { FailedError, messageOf } from "../errors";
import { mask } from "../mask";
import { secretsOf } from "../outputs";
import type { Reached } from "../reach";
import { endpointOf, reach } from "../reach";
import type { Client } from "../redisClient";
import type { Run } from "../run";
import type { CheckResult, Verdict } from "./check";
import { fail, pass, skip } from "./check";
import { inCluster } from "./facts";

/** A pod may have to be scheduled, and a large AOF read. */
const BACK_MS = 300_000;
/** One attempt to see whether it is back. */
const ATTEMPT_MS = 5000;
const PAUSE_MS = 200;
const CLEANUP_MS = 5000;
/** Whatever happens to this process, the server itself removes the key. */
const KEY_LIFE_MS = 3_600_000;

const EXPECTED = "a key and a job survive";

/** Restarts the queue's server by its way and looks whether what was acknowledged before is there afterwards. */
export async function checkRestart(run: Run, dryRun = false): Promise<CheckResult> {
  const verdict = await judge(run, dryRun).catch((error: unknown) => {
    if (run.signal.aborted) throw run.signal.reason;
    return fail(messageOf(error));
  });
  const { found, ...rest } = verdict;
  return {
    role: Role.Queue,
    check: "restart",
    ...rest,
    found: mask(found, secretsOf(run.outputs)),
    expected: EXPECTED,
  };
}

async function judge(run: Run, dryRun: boolean): Promise<Verdict> {
  const { restart, instead } = run.outputs.ways?.queue ?? {};
  if (restart === undefined)
    return skip(["there is no way to restart it from here", instead].filter(Boolean).join(". "));
  if (!run.outputs.guarantees.queue?.processCrash.kept)
    return skip("the guarantees promise nothing of the kind");
  const { host } = endpointOf(run.outputs, Role.Queue);
  const command = wayCommand(restart, { host });
  if (dryRun) return skip(`--dry-run; it would be restarted by \`${command.join(" ")}\``);
  const trial = new Trial();
  const before = await withServer(run, run.signal, (client, reached) => trial.leave(client, reached));
  const from = performance.now();
  run.progress.show("queue: restarting …");
  try {
    await execute(command, run.signal);
    await untilBack(run, before);
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    const lost = await withServer(run, run.signal, (client, reached) => trial.missing(client, reached));
    return lost.length === 0
      ? pass(`${EXPECTED}; it was back after ${seconds} s`)
      : fail(`${lost.join(" and ")} did not survive`);
  } finally {
    const deadline = startDeadline(CLEANUP_MS);
    await withServer(run, deadline.signal, (client, reached) => trial.remove(client, reached)).catch(
      () => undefined,
    );
    deadline.clear();
  }
}

/** A key and a job of this check's own. */
class Trial {
  private readonly id = randomUUID();
  private readonly key = `redis-topology:verify:${this.id}`;
  private job: string | undefined;

  /** Writes both. Gives which run of the server took them. */
  async leave(client: Client, reached: Reached): Promise<string> {
    await client.set(this.key, this.id, "PX", KEY_LIFE_MS);
    const queue = this.queue(client, reached);
    this.job = (await queue.add("verify", { token: this.id })).id;
    return runId(client as Redis);
  }

  async missing(client: Client, reached: Reached): Promise<string[]> {
    const job = await this.queue(client, reached).getJob(this.job ?? "");
    return [
      ...((await client.get(this.key)) === this.id ? [] : ["the key"]),
      ...(job?.data.token === this.id ? [] : ["the job"]),
    ];
  }

  async remove(client: Client, reached: Reached): Promise<void> {
    await client.del(this.key);
    await this.queue(client, reached).obliterate({ force: true });
  }

  private queue(connection: Client, { bullmq }: Reached): Queue {
    const queue = new Queue(`redis-topology-verify-${this.id}`, {
      connection,
      ...(bullmq?.prefix !== undefined && { prefix: bullmq.prefix }),
      skipVersionCheck: true,
    });
    queue.on("error", () => undefined);
    return queue;
  }
}

/** Connects for one piece of work. Anew each time: a tunnel to a pod ends with the pod. */
async function withServer<T>(
  run: Run,
  signal: AbortSignal,
  work: (client: Client, reached: Reached) => Promise<T>,
): Promise<T> {
  const reached = await reach(run.outputs, Role.Queue, signal);
  try {
    const single = await until(signal, reached.connect());
    const client = (await inCluster(single, signal)) ? await reached.connectCluster() : single;
    return await until(signal, work(client, reached));
  } finally {
    await reached.close();
  }
}

async function execute([program = "", ...args]: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], signal });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = `${words}${text}`.slice(-2000);
  });
  const [code, killer] = await once(child, "close");
  if (code === 0) return;
  const said = words.trim() || `it ended with ${killer ?? `code ${code}`}`;
  throw new FailedError(`\`${program} …\` could not restart it: ${said}`);
}

/** Waits for another run of the server that has read its data. */
async function untilBack(run: Run, before: string): Promise<void> {
  const end = performance.now() + BACK_MS;
  for (;;) {
    const deadline = startDeadline(ATTEMPT_MS, run.signal);
    try {
      if (await withServer(run, deadline.signal, async (client) => (await runId(client as Redis)) !== before))
        return;
    } catch (error) {
      run.signal.throwIfAborted();
      if (performance.now() > end)
        throw new FailedError(`it was not back after ${BACK_MS / 1000} s: ${messageOf(error)}`);
    } finally {
      deadline.clear();
    }
    if (performance.now() > end)
      throw new FailedError(`it was still the same server after ${BACK_MS / 1000} s`);
    await until(run.signal, sleep(PAUSE_MS));
  }
}

/** Of the server that answers, once it has read its data. */
async function runId(client: Redis): Promise<string> {
  const info = parseInfo(await client.info());
  if (info.loading === "1") throw new FailedError("it is still reading its data");
  return info.run_id ?? "";
}
