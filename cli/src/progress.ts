/** One line on a terminal that says what is under way; nothing anywhere else. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

/** A progress line on stderr. Shown only on a terminal, and only once the work has taken a second. */
export function startProgress(
  stream: NodeJS.WriteStream = process.stderr,
  now: () => number = Date.now,
): Progress {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  const from = now();
  let shown = false;
  return {
    show: (text) => {
      if (now() - from < QUIET_MS) return;
      shown = true;
      stream.write(`\r\x1b[K${text.slice(0, Math.max(0, stream.columns - 1))}`);
    },
    clear: () => {
      if (shown) stream.write("\r\x1b[K");
      shown = false;
    },
  };
}

const QUIET_MS = 1000;
