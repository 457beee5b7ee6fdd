/** What of a BullMQ Queue or FlowProducer is used here, the same in BullMQ 5 and 6. */
export interface Producer {
  waitUntilReady(): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
  disconnect(): Promise<unknown>;
  add(...args: never[]): Promise<unknown>;
  addBulk(...args: never[]): Promise<unknown>;
  close(...args: never[]): Promise<unknown>;
}

export interface FailFastOptions {
  /**
   * Milliseconds that `add` waits for the first connection at most, where connecting neither succeeds nor fails. Default
   * 5000. While a server refuses, nothing is waited for.
   */
  readonly patience?: number;
}

const PATIENCE_MS = 5000;

/**
 * Makes `add` and `addBulk` of a BullMQ Queue (or FlowProducer) fail instead of waiting for Redis, and returns it:
 * `failFast(new Queue("mail", queueOptions()))`. BullMQ itself waits for its first connection for ever. With
 * the options of `queueOptions`:
 * - Redis has not been reached yet: rejects as soon as connecting has failed, within `patience` at most;
 * - Redis hangs: rejects after `commandTimeout` (the job may have been added all the same: give it a `jobId` where
 *   adding it twice would hurt);
 * - the connection is lost: rejects at once.
 * BullMQ goes on connecting, and jobs are added again when Redis is back. `close` ends without Redis, too. Errors of the
 * connection need no listener of yours: who adds is told.
 */
export function failFast<P extends Producer>(queue: P, { patience = PATIENCE_MS }: FailFastOptions = {}): P {
  const reached = firstConnection(queue, patience);
  const { add, addBulk, close } = queue;
  const afterReach =
    (method: (...args: never[]) => Promise<unknown>) =>
    async (...args: never[]) => {
      await reached();
      return await method.apply(queue, args);
    };
  return Object.assign(queue, {
    add: afterReach(add),
    addBulk: afterReach(addBulk),
    close: (...args: never[]) => {
      const closed = close.apply(queue, args).catch(() => abandon(queue));
      silence(queue);
      return closed;
    },
  });
}

/** Nobody is there to take leave of. Without this the driver goes on connecting, and the process never ends. */
function abandon(queue: Producer): void {
  // Not awaited: a driver between two attempts ends without saying so.
  queue.disconnect().catch(() => undefined);
}

/**
 * BullMQ 5 takes away its listener when it closes, and then reports that connecting was given up: an error that nobody
 * listens to ends the process.
 */
function silence(queue: Producer): void {
  const { connection } = queue as { connection?: Pick<Producer, "on"> };
  connection?.on("error", () => undefined);
}

/** Resolves when Redis has been reached once; rejects when an attempt has failed since, or none has ended in time. */
function firstConnection(queue: Producer, patience: number): () => Promise<void> {
  let state: "waiting" | "reached" | Error = "waiting";
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const become = (next: "reached" | Error) => {
    if (state !== "reached") state = next;
    settle();
  };
  queue.on("error", become);
  // Where BullMQ has given up, it says so itself, and at once.
  const decided = () => become("reached");
  queue.waitUntilReady().then(decided, decided);
  return async () => {
    if (state === "waiting") {
      const timer = setTimeout(() => become(new Error(`no answer within ${patience} ms`)), patience);
      await settled;
      clearTimeout(timer);
    }
    if (state instanceof Error) throw unreached(state);
  };
}

function unreached(cause: Error): Error {
  // Node's error for a name with several addresses has a code and no text.
  const why = cause.message || (cause as NodeJS.ErrnoException).code || cause.name;
  return new Error(
    `Redis has not been reached yet (${why}), and the job was not added. BullMQ goes on trying to connect.`,
    { cause },
  );
}
