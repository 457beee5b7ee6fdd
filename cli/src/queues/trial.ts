import { randomUUID } from "node:crypto";
import type { Job, Queue } from "bullmq";
import { until } from "../deadline";
import { messageOf } from "../errors";
import type { BullmqOutputs } from "../outputs";
import type { Client } from "../redisClient";
import { OwnQueue } from "./ownQueue";

/** One thing that a queue must be able to do. */
export interface TrialStep {
  readonly step: string;
  readonly ok: boolean;
  readonly found: string;
  readonly ms: number;
}

const DELAY_MS = 300;
const EVERY_MS = 250;

/** Jobs of every kind through a queue and a worker of their own; `remove` leaves nothing of it. */
export class QueueTrial {
  private readonly own: OwnQueue;
  private readonly queue: Queue;
  /** What the job that succeeds carries and gives back. */
  private readonly token = randomUUID();
  /** Called for each job that the worker takes. */
  private notice: () => void = () => undefined;
  private readonly runs = new Map<string, number>();

  constructor(beside: string, bullmq: BullmqOutputs, client: Client, prefix: string) {
    const name = `${beside}-test-${randomUUID()}`;
    this.own = new OwnQueue({ name, prefix, bullmq, client, process: (job) => this.process(job) });
    this.queue = this.own.queue;
  }

  /** Every step, in order; a step that fails does not end the rest. Throws when the connection breaks. */
  async run(signal: AbortSignal, onStep: (step: string) => void): Promise<TrialStep[]> {
    const results: TrialStep[] = [];
    await until(signal, this.own.ready());
    for (const [step, work] of this.steps()) {
      onStep(step);
      const from = performance.now();
      const judged = work().then(
        (found) => ({ ok: true, found }),
        (error) => ({ ok: false, found: messageOf(error) }),
      );
      const { ok, found } = await until(signal, this.own.within(judged));
      results.push({ step, ok, found, ms: Math.round(performance.now() - from) });
    }
    return results;
  }

  /** Stops everything and removes the queue. Throws FailedError when something may be left. */
  remove(): Promise<void> {
    return this.own.remove();
  }

  private steps(): [string, () => Promise<string>][] {
    return [
      ["a job that succeeds", () => this.succeeding()],
      ["a job that fails", () => this.failing()],
      ["a job that is tried again", () => this.retried()],
      ["a delayed job", () => this.delayed()],
      ["a repeated job", () => this.repeated()],
    ];
  }

  private async succeeding(): Promise<string> {
    const job = await this.queue.add("succeed", { token: this.token });
    await this.ended(job, "completed");
    const { returnvalue } = (await this.queue.getJob(job.id ?? "")) ?? {};
    if (returnvalue !== this.token) throw new Error("another result came back");
    return "processed, result seen";
  }

  private async failing(): Promise<string> {
    const job = await this.queue.add("fail", {}, { attempts: 1 });
    await this.ended(job, "failed");
    const { failedReason } = (await this.queue.getJob(job.id ?? "")) ?? {};
    if (failedReason !== "as asked") throw new Error("another error came back");
    return "failed, error seen";
  }

  private async retried(): Promise<string> {
    const options = { attempts: 2, backoff: { type: "fixed", delay: 50 } };
    const job = await this.queue.add("fail-once", {}, options);
    await this.ended(job, "completed");
    const runs = this.runs.get(job.id ?? "");
    if (runs !== 2) throw new Error(`ran ${runs} times, not 2`);
    return "failed once, then processed";
  }

  private async delayed(): Promise<string> {
    const from = Date.now();
    const job = await this.queue.add("succeed", { token: "" }, { delay: DELAY_MS });
    await this.ended(job, "completed");
    const took = Date.now() - from;
    if (took < DELAY_MS) throw new Error(`ran after ${took} ms, ${DELAY_MS} were asked for`);
    return `ran ${took - DELAY_MS} ms after its time`;
  }

  private async repeated(): Promise<string> {
    await this.queue.upsertJobScheduler("tick", { every: EVERY_MS, limit: 2 }, { name: "tick" });
    await this.condition(async () => (this.runs.get("tick") ?? 0) >= 2);
    await this.queue.removeJobScheduler("tick");
    return "ran twice";
  }

  private async process(job: Job): Promise<unknown> {
    const key = job.name === "tick" ? "tick" : (job.id ?? "");
    const runs = (this.runs.get(key) ?? 0) + 1;
    this.runs.set(key, runs);
    setImmediate(() => this.notice());
    if (job.name === "fail" || (job.name === "fail-once" && runs === 1)) throw new Error("as asked");
    return job.data.token;
  }

  private ended(job: Job, state: string): Promise<void> {
    return this.condition(async () => (await job.getState()) === state);
  }

  /** Waits until it is so; looks again whenever the worker has done something, and from time to time. */
  private async condition(isSo: () => Promise<boolean>): Promise<void> {
    while (!this.own.worker.closing && !(await isSo())) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.notice = () => {
          clearTimeout(timer);
          setTimeout(resolve, 2);
        };
      });
    }
  }
}
