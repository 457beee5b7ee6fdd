/** One thing wrong with a configuration, in the four parts every message here has. */
export interface Problem {
  /** The setting, as the user writes it: `queue.maxMemory`. */
  readonly key: string;
  /** What was found, ready to print: `"12 bananas"`, `missing`. Never a secret's value. */
  readonly was: string;
  /** What may stand there. */
  readonly allowed: string;
  /** What to do now. */
  readonly fix: string;
}

/** What a terminal acts on instead of showing it: controls, text direction, other line ends. JSON quotes only some. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Quotes a found value for a message; shortened, and control characters made visible. */
export function shown(value: unknown): string {
  // JSON has no NaN and writes it as null.
  const json = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "missing");
  const text = json.replace(
    INVISIBLE,
    (char) => `\\u{${char.codePointAt(0)?.toString(16).padStart(4, "0")}}`,
  );
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** `key: was. Allowed: … Fix.` on one line. */
export function describe(problem: Problem): string {
  return `${problem.key}: ${problem.was}. Allowed: ${problem.allowed}. ${problem.fix}`;
}

/** One message for all problems: a heading and a line each. */
export function describeAll(heading: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${heading}: ${count}`, ...problems.map((problem) => `  - ${describe(problem)}`)].join("\n");
}
