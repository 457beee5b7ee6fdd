import { existsSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { createProgram } from "../../cli/src/main";

const FILE = path.resolve(__dirname, "../../docs/systems.md");
const text = readFileSync(FILE, "utf8");

/** How many lines each system's requirements have. */
const LINES = { A: 10, B: 9, C: 8, D: 9, E: 9 };

test("every line of every system has its row, once and in order", () => {
  const rows = [...text.matchAll(/^\| ([A-E]\d+) \|/gm)].map(([, line]) => line);
  const wanted = Object.entries(LINES).flatMap(([system, count]) =>
    Array.from({ length: count }, (_, at) => `${system}${at + 1}`),
  );
  expect(rows).toEqual(wanted);
});

test.each([...new Set([...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target))])(
  "%s exists",
  (target) => {
    const [file = "", anchor] = target.split("#");
    const found = file === "" ? FILE : path.resolve(path.dirname(FILE), file);
    expect(existsSync(found)).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(found)).toContain(anchor);
  },
);

test("every command and every option of one exists", () => {
  const program = createProgram();
  const commands = [...text.matchAll(/`redis-topology ([^`]+)`/g)].map(([, command = ""]) =>
    command.split(" "),
  );
  expect(commands.length).toBeGreaterThan(10);
  for (const [name, ...rest] of commands) {
    const command = program.commands.find((one) => one.name() === name);
    expect(command, name).toBeDefined();
    const long = command?.options.map((option) => option.long);
    for (const option of rest.filter((part) => part.startsWith("--"))) expect(long).toContain(option);
    const [first, sub] = rest;
    if (first === "NAME") expect(command?.commands.map((one) => one.name())).toContain(sub);
  }
});

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  if (!statSync(file).isFile()) return [];
  return [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
