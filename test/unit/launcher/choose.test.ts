import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Facts } from "../../../cli/launcher/choose";
import { chooseCli } from "../../../cli/launcher/choose";
import { atLeast, OLDEST_USABLE, PULUMI_VERSION } from "../../../cli/launcher/version";

const nothing: Facts = { onPath: [], installed: undefined, npm: false, go: false };
const old = { path: "/usr/bin/pulumi", version: "v3.100.0" };
const current = { path: "/opt/pulumi", version: "v3.260.1" };
const oldIgnored = "/usr/bin/pulumi is not used: it is v3.100.0, and 3.248.0 or newer is needed.";

test.each<[string, Partial<Facts>, ReturnType<typeof chooseCli>]>([
  ["a CLI on PATH first", { onPath: [current], installed: "/home" }, use("/opt/pulumi", [])],
  ["the first on PATH that is new enough", { onPath: [old, current] }, use("/opt/pulumi", [oldIgnored])],
  ["then the one kept from earlier", { onPath: [old], installed: "/kept" }, use("/kept", [oldIgnored])],
  ["then a download, then a build", { npm: true, go: true }, { get: ["download", "build"], ignored: [] }],
  ["a build where there is no npm", { go: true }, { get: ["build"], ignored: [] }],
])("%s", (_, facts, choice) => {
  expect(chooseCli({ ...nothing, ...facts })).toEqual(choice);
});

function use(path: string, ignored: string[]) {
  return { use: path, ignored };
}

test("what to install, when there is no way to get it", () => {
  expect(chooseCli({ ...nothing, onPath: [{ path: "/bin/pulumi", version: "" }] })).toEqual({
    error: `/bin/pulumi is not used: it is not a working CLI, and 3.248.0 or newer is needed.
The Pulumi CLI 3.248.0 or newer is needed and could not be got:
  - npm and go are not on PATH
Do one of these, then run the same command again:
  - install the CLI from pulumi.com/docs/install (or \`brew install pulumi/tap/pulumi\`), so that \`pulumi version\` works;
  - allow this machine to download it: \`npx --yes pulumi@3.259.0 version\` must work;
  - install Go from go.dev/dl, and it is built here from the Go module proxy in about five minutes.`,
  });
});

test.each([
  ["v3.259.0", "3.248.0", true],
  ["3.248.0", "3.248.0", true],
  ["v3.247.9", "3.248.0", false],
  ["v4.0.0", "3.248.0", true],
  ["v3.260.0-alpha.5+dirty", "3.248.0", true],
  ["7.0.15", "6.2.0", true],
  ["6.0.16", "6.2.0", false],
  ["", "6.2.0", false],
])("%s is at least %s: %s", (found, wanted, answer) => {
  expect(atLeast(found, wanted)).toBe(answer);
});

test("the versions named elsewhere are the same", () => {
  const goMod = readFileSync("cli/launcher/go/cli/go.mod", "utf8");
  expect(goMod).toContain(`github.com/pulumi/pulumi/pkg/v3 v${PULUMI_VERSION}`);
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  expect(packages["node_modules/@pulumi/pulumi"].version).toBe(OLDEST_USABLE);
});
