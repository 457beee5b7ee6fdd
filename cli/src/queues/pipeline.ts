import type { ChainableCommander } from "ioredis";
import { Cluster } from "ioredis";
import { until } from "../deadline";
import type { Client } from "../redisClient";

/**
 * Sends commands in one go and gives their answers; an answer that is an error stands as that error. Throws when the
 * connection breaks. In a cluster, the keys of a pipeline must live on one node, as those of one queue do.
 */
export async function pipelined(
  client: Pick<Client, "pipeline">,
  signal: AbortSignal,
  add: (pipeline: ChainableCommander) => void,
): Promise<unknown[]> {
  const pipeline = client.pipeline();
  add(pipeline);
  if (pipeline.length === 0) return [];
  const answers = (await until(signal, pipeline.exec())) ?? [];
  return answers.map(([error, answer]) => {
    if (error && error.name !== "ReplyError") throw error;
    return error ?? answer;
  });
}

/** The servers that hold keys: one, or the masters of a cluster. */
export function nodesOf(client: Client): Exclude<Client, Cluster>[] {
  return client instanceof Cluster ? client.nodes("master") : [client];
}

/** An answer that is a number, or one that was refused or is not there as 0. */
export function numberOf(answer: unknown): number {
  const number = Number(answer instanceof Error ? 0 : (answer ?? 0));
  return Number.isFinite(number) ? number : 0;
}

/** An answer that is a text; undefined when it was refused or is not there. */
export function textOf(answer: unknown): string | undefined {
  return typeof answer === "string" ? answer : undefined;
}
