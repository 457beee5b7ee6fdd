import type { Registration } from "../../mocked/harness";

/** Hands out the inputs of one registered resource; `done` fails when one was left, so that nothing is skipped unseen. */
export class Inputs {
  private readonly left: Set<string>;

  constructor(
    private readonly what: string,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {
    this.left = new Set(Object.keys(values));
  }

  static of({ type, name, inputs }: Registration): Inputs {
    return new Inputs(`${type} ${name}`, plain(inputs) as Record<string, unknown>);
  }

  /** One input that must be there. */
  take<T>(key: string): T {
    const value = this.optional<T>(key);
    if (value === undefined) throw new Error(`${this.what} has no ${key}.`);
    return value;
  }

  optional<T>(key: string): T | undefined {
    this.left.delete(key);
    return this.values[key] as T | undefined;
  }

  /** An input of objects, each read to its end by `read`. */
  each<T>(key: string, read: (item: Inputs) => T): T[] {
    return (this.optional<Record<string, unknown>[]>(key) ?? []).map((value, index) => {
      const item = new Inputs(`${this.what}.${key}[${index}]`, value);
      const result = read(item);
      item.done();
      return result;
    });
  }

  /** An input that is one object. */
  one<T>(key: string, read: (item: Inputs) => T): T | undefined {
    const value = this.optional<Record<string, unknown>>(key);
    if (value === undefined) return undefined;
    const item = new Inputs(`${this.what}.${key}`, value);
    const result = read(item);
    item.done();
    return result;
  }

  done(): void {
    if (this.left.size === 0) return;
    throw new Error(
      `${this.what} has inputs that this harness does not apply: ${[...this.left].join(", ")}. Teach it what the provider does with them.`,
    );
  }
}

/** Recorded inputs with their secrets opened, as the provider gets them. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ("secret" in value) return plain(value.secret);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
