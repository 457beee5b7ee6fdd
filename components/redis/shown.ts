/** What a terminal acts on instead of showing it: controls, text direction, other line ends. JSON quotes only some. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What a URL or an image's registry has before its host: perhaps a password. */
const USER_INFO = /\S@/;

const LONGEST_SHOWN = 80;

const NUMBER = /^[-+]?\d{1,30}(?:\.\d{1,30})?$/;

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

/** A wrong value of a setting that has a grammar of its own: shown when the text has that form. */
export function shownAs(form: RegExp, value: unknown): string {
  return typeof value === "string" && form.test(value) ? shown(value) : shapeOf(value);
}

/** A wrong value where a number belongs: shown when it is one, in quotes or not. */
export function shownNumber(value: unknown): string {
  return typeof value === "number" || typeof value === "bigint" ? shown(value) : shownAs(NUMBER, value);
}

/** What a value is, without itself. */
export function shapeOf(value: unknown): string {
  // A number may be a password without its quotes.
  if (typeof value === "number" || typeof value === "bigint") return "a number";
  if (typeof value === "string" && value !== "")
    return `a text of ${plural(value.length, "character", "characters")}`;
  if (Array.isArray(value)) return `a list of ${plural(value.length, "entry", "entries")}`;
  if (typeof value !== "object" || value === null) return shown(value);
  return `an object of ${plural(Object.keys(value).length, "key", "keys")}`;
}

function plural(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

export function visible(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${char.codePointAt(0)?.toString(16).padStart(4, "0")}}`);
}

const VERSION_LIKE = /^\d{1,3}(\.\d{1,3}){0,3}\.?$/;

/** A wrong version; what only looks like something else is described. */
export function shownVersion(version: unknown): string {
  return shownAs(VERSION_LIKE, version);
}
