import type { Problem, ToldProblem } from "redis-topology/create";
import { shown, toldProblem } from "redis-topology/create";
import { valueAt } from "./paths";
import type { Encryption } from "./secrets";

/** What is encrypted in the stack file: where it stands, and the text. */
interface Encrypted {
  readonly path: string;
  readonly text: string;
}

/** Shorter ones would be found in ordinary words; their own key hides them. */
const LEAST_LENGTH = 4;
/** What our own sentences are made of. No message repeats such a text from another key. */
const WORD = /^(?:[a-z-]+|\d+[a-z]{0,2})$/i;

/** Every encrypted text, also where no secret belongs. What the file does not show counts as encrypted. */
export async function encryptedTexts(config: object, encryption: Encryption): Promise<Encrypted[]> {
  const found: Encrypted[] = [];
  for (const [top, value] of Object.entries(config)) {
    if (encryption.isSecret(top)) found.push(...encryptedIn([top], value, await encryption.inFile(top)));
  }
  return found;
}

function encryptedIn(path: readonly string[], value: unknown, written: unknown): Encrypted[] {
  const isObject = typeof written === "object" && written !== null;
  if (typeof value === "object" && value !== null) {
    const isWhole = !isObject || "secure" in written;
    return Object.entries(value).flatMap(([key, inner]) =>
      encryptedIn([...path, key], inner, isWhole ? undefined : valueAt(written, [key])),
    );
  }
  return written === undefined || isObject ? [{ path: path.join("."), text: String(value) }] : [];
}

/** A problem of the stack file without any encrypted value. */
export function hidden(problem: Problem, encrypted: readonly Encrypted[]): ToldProblem {
  const { key: names, was: found, allowed, fix } = toldProblem(problem);
  const touches = (name: string, path: string) =>
    name === path || path.startsWith(`${name}.`) || name.startsWith(`${path}.`);
  const isNamed = encrypted.some(({ path }) => names.some((name) => touches(name, path)));
  const texts = encrypted.map(({ text }) => text).filter((t) => t.length >= LEAST_LENGTH && !WORD.test(t));
  const without = (line: string) =>
    texts.reduce((rest, t) => rest.replaceAll(shown(t), "a secret").replaceAll(t, "a secret"), line);
  // What holds no digit and no quote is our own words, such as "not a text".
  const was = isNamed && /["`\d]/.test(found) ? "a secret" : without(found);
  // Some keys name an entry of a list by its name, which is a value.
  return { key: names.map(without), was, allowed: without(allowed), fix: without(fix) };
}
