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
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What a URL or an image's registry has before its host: perhaps a password. */
const USER_INFO = /\S@/;

const LONGEST_SHOWN = 80;
const LONGEST_KEY = 300;

/**
 * Quotes a found value for a message, control characters made visible. What is long, or may be a URL with a password,
 * is described: a shortened secret is one that Pulumi no longer knows to mask.
 */
export function shown(value: unknown): string {
  // JSON has no NaN and writes it as null, and refuses a bigint.
  const json =
    typeof value === "number" || typeof value === "bigint"
      ? String(value)
      : (JSON.stringify(value) ?? "missing");
  const text = visible(json);
  return text.length > LONGEST_SHOWN || USER_INFO.test(text) ? shapeOf(value) : text;
}

/** The value where nothing but a harmless one can be shown: at a place where a password may stand, if by mistake. */
export function shownIfHarmless(value: unknown): string {
  const isPlain = typeof value === "string" ? isHarmless(value) : typeof value !== "object" || value === null;
  return isPlain ? shown(value) : shapeOf(value);
}

/** Numbers, sizes, versions, IPv4 networks, times, and single short words without digits, as settings' choices are. */
export function isHarmless(text: string): boolean {
  return /^(?:[-+.,\p{Nd}]{0,40}(?:-\p{L}{1,8}|\p{L}{0,3}| \p{L}{1,8})[\p{Cc}\p{Cf}]?|[a-z-]{1,12}|[-+]?\d+(?:\.\d+)?e\d+|0x[\da-f]{1,8}|\d[\d.:/-]{0,40}|\s*)$/iu.test(
    text,
  );
}

/** What a value is, without itself. */
export function shapeOf(value: unknown): string {
  if (typeof value === "string") return `a text of ${plural(value.length, "character", "characters")}`;
  if (Array.isArray(value)) return `a list of ${plural(value.length, "entry", "entries")}`;
  if (typeof value !== "object" || value === null) return shown(value);
  return `an object of ${plural(Object.keys(value).length, "key", "keys")}`;
}

function plural(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

function visible(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${char.codePointAt(0)?.toString(16).padStart(4, "0")}}`);
}

/** `key: was. Allowed: … Fix.` on one line. */
export function describe({ key, was, allowed, fix }: Problem): string {
  // Keys are the user's words, and stand in hints too.
  const short = key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}…` : key;
  return visible(`${short}: ${was}. Allowed: ${allowed}. ${fix.replaceAll(key, () => short)}`);
}

/** One message for all problems: a heading and a line each. */
export function describeAll(heading: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${heading}: ${count}`, ...problems.map((problem) => `  - ${describe(problem)}`)].join("\n");
}
