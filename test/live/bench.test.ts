import { execSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { missing } from "./require";

/** That the benchmark runs; how fast anything is, is for people to read. */
describe.skipIf(missing("redis", "pulumi"))("npm run bench", () => {
  const bench = (section: string) =>
    execSync(`npm run bench --silent -- ${section}`, { encoding: "utf8", stdio: "pipe" });

  test("prints a table of 1, 10 and 100 topologies", () => {
    const output = bench("scale");
    for (const count of [1, 10, 100]) expect(output).toMatch(new RegExp(`^\\|\\s*${count}\\s*\\|`, "m"));
  });

  test("an unknown section names those that there are", () => {
    expect(() => bench("speeed")).toThrow(
      "No section speeed; there are speed, stacks, scale, memory, commands.",
    );
  });
});
