import type { TopologyArgs } from "../contract";

/** A setting that a sentence names, by its path in the args: `bind`, `queue.maxMemory`. */
export class Setting {
  constructor(
    readonly path: string,
    /** What it is set to there, where the sentence says that too. */
    readonly value?: string,
  ) {}

  /** In a template without `say` it would stand there under one name, whoever reads it. */
  toString(): never {
    throw new Error(`The setting ${this.path} stands in a text that is no sentence.`);
  }
}

/**
 * What a message says: a plain text, or one that names settings. What they are called depends on the reader: to the user
 * of a component a setting of its own is an arg, `bind`; in a stack file it stands in a section, `docker.bind`.
 */
export type Sentence = string | readonly (string | Setting)[];

/** The settings of every backend, which stand outside its section. */
const COMMON: Readonly<Record<keyof TopologyArgs, true>> = { cache: true, queue: true, protect: true };

/** A setting for `say`; with a value it reads `` `deploy: false` ``. */
export function key(path: string, value?: string): Setting {
  return new Setting(path, value);
}

/** A template whose settings are `key(…)`: `` say`Remove it, or set ${key("host")}.` ``. */
export function say(
  texts: TemplateStringsArray,
  ...values: (string | number | Setting | Sentence)[]
): Sentence {
  return texts.flatMap((text, at) => [text, ...parts(values[at] ?? "")]).filter((part) => part !== "");
}

/** Sentences with a text between them. */
export function joined(sentences: readonly (Sentence | Setting)[], between: string): Sentence {
  return sentences.flatMap((one, at) => (at === 0 ? parts(one) : [between, ...parts(one)]));
}

/** A setting's whole name for a reader who finds the backend's own ones in `section`, or as args. */
export function settingName(path: string, section: string | undefined): string {
  const [top = ""] = path.split(".");
  return section === undefined || Object.hasOwn(COMMON, top) ? path : `${section}.${path}`;
}

/** The sentence as this reader has it. */
export function told(sentence: Sentence, section: string | undefined): string {
  return parts(sentence)
    .map((part) => (typeof part === "string" ? part : quoted(part, section)))
    .join("");
}

function quoted({ path, value }: Setting, section: string | undefined): string {
  return `\`${settingName(path, section)}${value === undefined ? "" : `: ${value}`}\``;
}

function parts(value: string | number | Setting | Sentence): readonly (string | Setting)[] {
  return typeof value === "string" || typeof value === "number" || value instanceof Setting
    ? [typeof value === "number" ? String(value) : value]
    : value;
}
