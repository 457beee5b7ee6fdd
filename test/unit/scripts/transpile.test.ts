import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const HOOK = path.resolve(__dirname, "../../../scripts/transpile.cjs");
const PROGRAM = `
interface Left { readonly out: string }
export const later = async () => (await import("./other")).name;
later().then((name) => console.log(name, Object.keys(require.cache).some((file) => /sucrase.dist/.test(file))));
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "transpile-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(files: Readonly<Record<string, string>>) {
  // No earlier run of this test has kept a text that names this folder.
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(folder, name), `${text}// ${folder}\n`);
  return spawnSync(process.execPath, ["--require", HOOK, path.join(folder, "program.ts")], {
    encoding: "utf8",
  });
}

test("TypeScript runs, `import()` included; what has not changed is not transpiled again", () => {
  const other = 'export const name: string = "one";';
  expect(run({ "program.ts": PROGRAM, "other.ts": other }).stdout).toBe("one true\n");
  expect(run({}).stdout).toBe("one false\n");
  expect(run({ "other.ts": other.replace("one", "two") }).stdout).toBe("two true\n");
});

test("a stack trace names the line of the source, also from the cache", () => {
  const source = '\n\ninterface Left { readonly out: string }\n\nthrow new Error("here" as string);\n';
  const line = `${path.join(folder, "program.ts")}:5:`;
  expect(run({ "program.ts": source }).stderr).toContain(line);
  expect(run({}).stderr).toContain(line);
});
