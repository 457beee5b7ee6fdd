/** Thrown by whatever a deadline cuts short. */
export class DeadlineError extends Error {}

/** A limit on the time that a whole piece of work may take. */
export interface Deadline {
  /** Aborted when the time is up or the work is interrupted; its reason is a DeadlineError. */
  readonly signal: AbortSignal;
  /** Ends the deadline; to be called when the work is done. */
  clear(): void;
}

/** Starts a deadline of so many milliseconds, which `outer`, if given, ends early. */
export function startDeadline(milliseconds: number, outer?: AbortSignal): Deadline {
  // Not AbortSignal.any: Node 20 may collect such a signal before it fires.
  const controller = new AbortController();
  const abort = (message: string) => controller.abort(new DeadlineError(message));
  const interrupt = () => abort("interrupted");
  const timer = setTimeout(() => abort(`no answer within ${milliseconds / 1000} s`), milliseconds);
  outer?.addEventListener("abort", interrupt);
  if (outer?.aborted) interrupt();
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", interrupt);
    },
  };
}

/** The result of `work`, unless the signal aborts first: then its reason is thrown, and the result is ignored. */
export function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
