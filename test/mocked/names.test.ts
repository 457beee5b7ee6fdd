import { describe, expect, test } from "vitest";
import type { BackendName } from "../../components/backends/registry";
import { createTopology } from "../../components/create";
import { parseSettings } from "../../settings";
import { record } from "./harness";
import type { Refusal, Subject } from "./subjects";
import { completed, subjects } from "./subjects";

/**
 * A setting has one name for each reader: an arg for whoever calls a component, its place in the stack file for whoever
 * writes one. The lines of the subjects hold both: a setting of the backend's own is `«bind»`, here `bind`, there
 * `docker.bind`; what only the program says stands between `⟦` and `⟧`, and what it
 * keeps to itself, since it is encrypted, between `‹` and `›`.
 */
const asArgs = (line: string) => line.replace(/⟦.*?⟧|[‹›]/g, "").replace(/«(.*?)»/g, "$1");
const inFile = (line: string, section: string) =>
  line
    .replace(/‹.*?›/g, "a secret")
    .replace(/[⟦⟧]/g, "")
    .replace(/«(.*?)»/g, `${section}.$1`);

describe.each(Object.entries(subjects) as [BackendName, Subject][])("%s", (backend, subject) => {
  test.each(subject.refusals.map((refusal) => [JSON.stringify(refusal[0]), refusal] as const))(
    "%s is refused in the words of its reader",
    async (_, [given, ...lines]: Refusal) => {
      const args = defined(completed(subject, given));
      expect(await refused(() => createTopology(backend, "t", args))).toBe(
        message('The topology "t" cannot be created', lines.map(asArgs)),
      );
      expect(await refused(() => fromFile(backend, args))).toBe(
        message(
          "The configuration in Pulumi.dev.yaml (keys under redis-topology:) cannot be used",
          lines.map((line) => inFile(line, backend)),
        ),
      );
    },
  );

  test("what speaks in later runs knows its reader", async () => {
    const { state, call, speakers = [] } = subject;
    const create = (section?: string) =>
      record(() => createTopology(backend, "t", completed(subject, subject.roles ?? both), { section }), {
        state,
        call,
      });
    const told = (await create("mine")).resources.filter(({ inputs }) => inputs.section !== undefined);
    expect(told.map(({ type, name }) => `${type} ${name}`)).toEqual(speakers);
    expect(told.map(({ inputs }) => inputs.section)).toEqual(speakers.map(() => "mine"));
    expect((await create()).resources.filter(({ inputs }) => "section" in inputs)).toEqual([]);
  });
});

const both = { cache: {}, queue: {} };

async function refused(create: () => Promise<unknown>): Promise<string> {
  const { result } = await record(() =>
    create().then(
      () => "It was created.",
      (error: Error) => error.message,
    ),
  );
  return result;
}

function message(heading: string, lines: readonly string[]): string {
  const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
  return [`${heading}: ${count}`, ...lines.map((line) => `  - ${line}`)].join("\n");
}

/** The same args as a stack file has them, passwords encrypted. */
function fromFile(backend: BackendName, { cache, queue, protect, ...own }: Record<string, unknown>) {
  const config = Object.entries(defined({ backend, cache, queue, protect, [backend]: own }));
  const values = config.map(([key, value]) => [
    `redis-topology:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const file = config.map(([key, value]) => [`redis-topology:${key}`, encrypted(value)]);
  const isSecret = (key: string) =>
    JSON.stringify(Object.fromEntries(file)[key] ?? "").includes('{"secure":');
  return parseSettings(
    { values: Object.fromEntries(values), isSecret, stackFile: async () => Object.fromEntries(file) },
    "redis-topology",
    "dev",
  );
}

function encrypted(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner) =>
    ["url", "password", "previousPassword"].includes(key) ? { secure: "v1:abc" } : inner,
  );
}

function defined(args: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
