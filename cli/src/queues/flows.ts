import type { Client } from "../redisClient";
import type { QueueId } from "./keys";
import { keyOf } from "./keys";
import { pipelined, textOf } from "./pipeline";

/** Why a job is not to be removed by itself: it is part of a flow that is not over. */
export type Tie = "a parent waits for it" | "it waits for children" | "a scheduler made it for its next run";

/**
 * What ties each of these jobs to others. Removing a child that a parent waits for makes BullMQ start the parent, or
 * remove it where it is in the same queue; removing a parent leaves its children without one.
 */
export async function tiesOf(
  client: Client,
  queue: QueueId,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<(Tie | undefined)[]> {
  const answers = await pipelined(client, signal, (pipeline) => {
    for (const id of ids) {
      pipeline.hmget(keyOf(queue, id), "parentKey", "rjk");
      pipeline.exists(keyOf(queue, `${id}:dependencies`));
    }
  });
  const parents = ids.map((_, at) => fieldsOf(answers[2 * at])[0]);
  const children = ids.filter((_, at) => parents[at] !== undefined);
  const waitedFor = await pipelined(client, signal, (pipeline) => {
    ids.forEach((id, at) => {
      const parent = parents[at];
      if (parent !== undefined) pipeline.sismember(`${parent}:dependencies`, keyOf(queue, id));
    });
  });
  const waited = new Set(children.filter((_, at) => waitedFor[at] === 1));
  const scheduled = await scheduledIds(client, queue, ids, answers, signal);
  return ids.map((id, at) => {
    if (waited.has(id)) return "a parent waits for it";
    if (answers[2 * at + 1] === 1) return "it waits for children";
    return scheduled.has(id) ? "a scheduler made it for its next run" : undefined;
  });
}

async function scheduledIds(
  client: Client,
  queue: QueueId,
  ids: readonly string[],
  answers: readonly unknown[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const made = ids.flatMap((id, at) => {
    const [, scheduler] = fieldsOf(answers[2 * at]);
    return scheduler === undefined ? [] : [{ id, scheduler }];
  });
  const next = await pipelined(client, signal, (pipeline) => {
    for (const { scheduler } of made) pipeline.zscore(keyOf(queue, "repeat"), scheduler);
  });
  return new Set(
    made
      .filter(({ id, scheduler }, at) => id === `repeat:${scheduler}:${textOf(next[at])}`)
      .map(({ id }) => id),
  );
}

function fieldsOf(answer: unknown): (string | undefined)[] {
  return Array.isArray(answer) ? answer.map(textOf) : [];
}
