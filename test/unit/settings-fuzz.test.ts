import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSettings } from "../../settings";

/** Configurations a backend; the private long run sets it to thousands. */
const RUNS = Number(process.env.SETTINGS_FUZZ_RUNS ?? 60);
const PASSWORD = "Pl4nted:s3cret/x";

const role = {
  maxMemory: "256mb",
  port: 7000,
  config: { hz: "20" },
  bullmq: { attempts: 3, prefix: "bull" },
};

/** A valid configuration of each backend, with settings of every type. */
const VALID: Readonly<Record<string, Record<string, unknown>>> = {
  process: { queue: { ...role, acceptDataLoss: false }, process: { directory: "data", deleteData: false } },
  docker: {
    queue: role,
    docker: { bind: "127.0.0.1", host: "ssh://root@h.example", sshOptions: ["-p", "22"] },
  },
  kubernetes: {
    queue: { persistence: { size: "10Gi", storageClass: "fast" } },
    kubernetes: {
      context: "c",
      queueServer: { podLabels: { a: "b" }, cpuLimit: "1" },
      storage: {
        replicated: true,
        recurringJobs: [{ name: "n", task: "backup", cron: "0 2 * * *", retain: 3 }],
      },
      network: { policies: true, clientCidrs: ["10.0.0.0/8"] },
      monitoring: { exporter: true, queues: ["mail"], thresholds: { memoryPercent: 80, connections: 10 } },
    },
  },
  elasticache: {
    cache: {},
    elasticache: {
      vpcId: "vpc-0a1b2c3d",
      subnetIds: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
      allowedCidrs: ["10.0.0.0/16"],
      cacheGroup: { nodes: 1, snapshotDays: 0, multiAz: false },
      tags: { team: "a" },
    },
  },
  external: { queue: {}, external: { queueServer: { host: "localhost", port: 6380 }, checkAtDeploy: true } },
  lightsail: {
    cache: {},
    lightsail: {
      app: [{ name: "web", image: "web:1", command: ["x"], ports: { "3000": "HTTP" } }],
      publicEndpoint: { container: "web", port: 3000 },
      tags: { team: "a" },
    },
  },
};

/** Passwords as people have them: nothing about them tells them from a name or a choice. */
const WEAK = ["hunterzz", "qwzxqw", "correcthorse", "blue horse", "qwzx-horse", "qwzx-bulb-9431"];
/** Digits alone; where a number may stand, a number it is. */
const DIGITS = ["94317206", "943172068815"];
const NUMERIC = /^(?:port|maxMemory|memoryLimit|size|cpuLimit|appMemory|memoryRequest|cpuRequest)$/;

/** Where names are the user's own, or the parts go on unread. */
const FREE = ["config", "podLabels", "tags", "ports"];

interface Place {
  readonly path: readonly string[];
  readonly value: unknown;
}

function places(value: unknown, path: readonly string[] = []): Place[] {
  const inside = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const own = path.length === 0 ? [] : [{ path, value }];
  return [...own, ...inside.flatMap(([key, inner]) => places(inner, [...path, key]))];
}

const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`);

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  -1e308,
  PASSWORD,
  `rediss://u:${PASSWORD}@h`,
  PASSWORD.repeat(300),
  ...WEAK,
  ...WEAK.map((weak) => [weak]),
  ...WEAK.map((weak) => ({ toString: weak })),
  ...DIGITS,
  ...DIGITS.map((digits) => [digits]),
  `\x1b[2J${PASSWORD}\u202e`,
  "NaN",
  "1e999",
  [PASSWORD],
  [[]],
  [null, { a: [1] }],
  {},
  { toString: PASSWORD },
  { toString: 1, toJSON: 1, valueOf: null, constructor: { prototype: 1 } },
  JSON.parse(`{"__proto__":{"password":"${PASSWORD}"}}`),
  deep,
];

const HOSTILE_KEYS = [
  "x",
  "__proto__",
  "constructor",
  "toString",
  "a\x1b[2J",
  "a\nb",
  "\u202e",
  "🙂",
  "a.b",
  "\ud800",
  "k".repeat(150),
];

/** Whether a value of this kind can never stand where the valid one did. A size and a directive may be numbers. */
function isWrong({ path, value: valid }: Place, value: unknown): boolean {
  const isText = typeof valid === "string";
  if (isText && typeof value === "number") return false;
  if (isText && path.at(-2) === "config" && typeof value === "boolean") return false;
  const kind = (of: unknown) => (Array.isArray(of) ? "list" : of === null ? "null" : typeof of);
  return kind(value) !== kind(valid);
}

interface Mutation {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly isWrong: boolean;
}

function mutations(base: object): fc.Arbitrary<Mutation[]> {
  const all = places(base);
  const replaced = fc
    .tuple(fc.constantFrom(...all), fc.oneof(fc.constantFrom(...HOSTILE_VALUES), fc.jsonValue()))
    .map(([place, value]) => ({ path: place.path, value, isWrong: isWrong(place, value) }));
  const strict = all.filter(
    ({ path, value }) =>
      typeof value === "object" && !Array.isArray(value) && !path.some((key) => FREE.includes(key)),
  );
  const added = fc
    .tuple(
      fc.constantFrom(...strict),
      fc.oneof(fc.constantFrom(...HOSTILE_KEYS)),
      fc.constantFrom(...HOSTILE_VALUES),
    )
    .map(([{ path }, key, value]) => ({ path: [...path, key], value, isWrong: true }));
  return fc
    .array(fc.oneof(replaced, added), { minLength: 1, maxLength: 4 })
    .map((list) =>
      list.filter((one, at) => !list.slice(0, at).some((other) => overlap(one.path, other.path))),
    );
}

function overlap(one: readonly string[], other: readonly string[]): boolean {
  return one.every((key, at) => at >= other.length || key === other[at]);
}

function mutated(base: object, list: readonly Mutation[]): Record<string, unknown> {
  const config = structuredClone(base) as Record<string, unknown>;
  for (const { path, value } of list) {
    let holder = config;
    for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
    Object.defineProperty(holder, path.at(-1) ?? "", {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return config;
}

/** As a message shows it. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16).padStart(4, "0")}}`,
  );
}

function parse(backend: string, config: object) {
  const values = Object.fromEntries(
    Object.entries({ backend, ...config }).map(([key, value]) => [
      `r:${key}`,
      typeof value === "string" ? value : text(value),
    ]),
  );
  return parseSettings({ values, isSecret: () => false }, "r", "dev");
}

/** JSON.stringify has no room for thousands of levels; the text that a user writes has. */
function text(value: unknown): string {
  const marked = JSON.stringify(value, (_, inner) => (inner === deep ? "DEEP" : inner));
  return marked.replaceAll('"DEEP"', () => `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`);
}

async function refusal(backend: string, config: object): Promise<string | undefined> {
  try {
    await parse(backend, config);
    return undefined;
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return (error as Error).message;
    throw error;
  }
}

/** Lines that repeat planted digits, other than of a setting that holds numbers. */
function linesWithDigits(message: string, base: object): string[] {
  const numeric = places(base)
    .filter(({ path, value }) => typeof value === "number" || NUMERIC.test(path.at(-1) ?? ""))
    .map(({ path }) => path.join("."));
  return message
    .split("\n")
    .filter((line) => DIGITS.some((digits) => line.includes(digits)))
    .filter((line) => {
      const key = line.slice("  - ".length).split(":")[0] ?? "";
      return !numeric.some((name) => name === key || name.endsWith(`.${key}`));
    });
}

describe.each(Object.entries(VALID))("mutated configurations of %s", (backend, base) => {
  test("the one they come from is valid", async () => {
    expect(await refusal(backend, base)).toBeUndefined();
  });

  test("are refused by name, in print, without the planted password", {
    timeout: 30_000 + RUNS * 100,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(mutations(base), async (list) => {
        const message = await refusal(backend, mutated(base, list));
        const wrong = list.filter((one) => one.isWrong);
        if (message === undefined) {
          expect(wrong).toEqual([]);
          return;
        }
        for (const { path } of wrong) expect(message).toContain(`  - ${printable(path.join("."))}`);
        expect(message).not.toContain("Pl4nted");
        for (const weak of WEAK) expect(message).not.toContain(weak);
        expect(linesWithDigits(message, base)).toEqual([]);
        expect(message.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(Math.max(...message.split("\n").map((line) => line.length))).toBeLessThan(2000);
      }),
      { seed: Number(process.env.SETTINGS_FUZZ_SEED ?? 73), numRuns: RUNS },
    );
  });
});
