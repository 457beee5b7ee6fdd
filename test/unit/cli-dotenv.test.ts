import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parseEnv } from "node:util";
import { parse as parseDotenv } from "dotenv";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { formatDotenv } from "../../cli/src/dotenv";
import { UserError } from "../../cli/src/errors";

// A shell a run, on machines that have other things to do.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "redis-topology-env-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PRINT = `const e = process.env; process.stdout.write(JSON.stringify(Object.fromEntries(Object.keys(e).filter((k) => k.startsWith("T_")).map((k) => [k, e[k]]))))`;

const AWKWARD = {
  T_PLAIN: "letters123",
  T_URL: "rediss://default:p%40ss@[::1]:6379",
  T_EMPTY: "",
  T_SPACES: "  a  b ",
  T_HASH: "a #b#",
  T_DOLLAR: "$HOME ${HOME} $(id) `id`",
  T_BACKSLASH: "a\\b\\n\\\\c",
  T_DOUBLE: 'say "hi"',
  T_SINGLE: "it's",
  T_LINES: "one\ntwo\n\nthree\n",
  T_EXPORT: "export X=1",
  T_TILDE: "~/x",
  T_UNICODE: "pässwörd 🔑",
  T_EQUALS: "a=b; c & d | e > f",
};

const readers: Record<string, (file: string) => Record<string, string>> = {
  dotenv: (file) => parseDotenv(readFileSync(file, "utf8")),
  "node --env-file": (file) => run(process.execPath, [`--env-file=${file}`, "-e", PRINT]),
  sh: (file) => run("sh", ["-c", `set -a; . "$1"; exec "$2" -e "$3"`, "sh", file, process.execPath, PRINT]),
};

test.each(Object.entries(readers))("%s reads the exact values back", (_name, read) => {
  const file = path.join(folder, "awkward.env");
  writeFileSync(file, formatDotenv(AWKWARD));
  expect(read(file)).toEqual(AWKWARD);
  writeFileSync(file, formatDotenv(AWKWARD, true));
  expect(read(file)).toEqual(AWKWARD);
});

test("whatever is accepted is read back exactly by all readers, lines after it too", () => {
  const value = fc.string({
    unit: fc.oneof(
      fc.constantFrom(..."'\"`\\$#{}()!~ \t\n=nr"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
  });
  let accepted = 0;
  fc.assert(
    fc.property(value, value, (first, second) => {
      const variables = { T_A: first, T_B: second, T_LAST: "it's over" };
      let text: string;
      try {
        text = formatDotenv(variables);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        return;
      }
      accepted++;
      const file = path.join(folder, "any.env");
      writeFileSync(file, text);
      expect(parseDotenv(text)).toEqual(variables);
      expect(parseEnv(text)).toEqual(variables);
      const printed = execFileSync("sh", [
        "-c",
        `. "$1"; printf '%s\\0' "$T_A" "$T_B" "$T_LAST"`,
        "sh",
        file,
      ]);
      expect(printed.toString("utf8").split("\0")).toEqual([...Object.values(variables), ""]);
    }),
    { numRuns: 300 },
  );
  expect(accepted).toBeGreaterThan(50);
});

test("what no quoting carries is refused by name, without its value", () => {
  const variables = {
    GOOD: "x",
    MIXED: `it's "both"`,
    SLASH: "secret\\",
    RETURN: "a\rb",
    "bad-name": "x",
  };
  expect(() => formatDotenv(variables)).toThrow(
    new UserError(
      [
        "Not every variable can stand in a file that dotenv, Node and sh read alike:",
        '  - MIXED: holds a single quote together with one of " $ ` \\',
        "  - SLASH: ends in a backslash",
        "  - RETURN: holds a carriage return, a NUL or half a character",
        "  - bad-name: not a name of letters, digits and underscores",
        "Choose another password (letters and digits always work), or read `pulumi stack output env --json --show-secrets`.",
      ].join("\n"),
    ),
  );
});

function run(command: string, args: string[]): Record<string, string> {
  return JSON.parse(execFileSync(command, args, { encoding: "utf8", env: { PATH: process.env.PATH } }));
}
