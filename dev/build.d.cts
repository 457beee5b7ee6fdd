/** Whether a source is newer than what was compiled from it. */
export function isStale(): boolean;
/** Compiles what has changed. Returns whether all is well. */
export function build(): boolean;
