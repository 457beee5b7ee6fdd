import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { getCli } from "../../../cli/launcher/get";

const NPM_FAILS = 'echo "Downloading pulumi" >&2; echo "pulumi: fetch failed" >&2; exit 1';
const NPM_WORKS = `bin="$PULUMI_HOME/versions/3.259.0/bin"; mkdir -p "$bin"
touch "$bin/pulumi" "$bin/pulumi-language-nodejs" "$bin/pulumi-resource-pulumi-nodejs"`;
// The last but one argument of `go build … -o <folder> tool`.
const GO_WORKS =
  'while [ $# -gt 2 ]; do shift; done; echo pkg/one >&2; touch "$1/pulumi" "$1/pulumi-language-nodejs"';
const GO_FAILS = 'echo "go: downloading x v1" >&2; echo "go: proxy: no such host" >&2; exit 1';

function machine(npm: string, go: string) {
  const home = mkdtempSync(join(tmpdir(), "home-"));
  const bin = join(home, "path");
  mkdirSync(bin);
  for (const [name, script] of Object.entries({ npm, go }))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { home, env: { ...process.env, HOME: home, PULUMI_HOME: home, PATH: `${bin}:/usr/bin:/bin` } };
}

const kept = "versions/3.259.0/bin/pulumi";

test("a download is enough", async () => {
  const { home, env } = machine(NPM_WORKS, GO_FAILS);
  expect(await getCli(["download", "build"], env)).toBe(join(home, kept));
});

test("a build when the download fails, complete and in place", async () => {
  const { home, env } = machine(NPM_FAILS, GO_WORKS);
  expect(await getCli(["download", "build"], env)).toBe(join(home, kept));
  const script = statSync(join(home, "versions/3.259.0/bin/pulumi-resource-pulumi-nodejs"));
  expect(script.mode & 0o111).toBe(0o111);
  expect(readdirSync(join(home, "versions"))).toEqual(["3.259.0"]);
});

test("an incomplete folder of an earlier attempt does not count", async () => {
  const { home, env } = machine(NPM_WORKS, GO_FAILS);
  mkdirSync(join(home, "versions/3.259.0/bin/half"), { recursive: true });
  await getCli(["download"], env);
  expect(existsSync(join(home, "versions/3.259.0/bin/half"))).toBe(false);
});

test("when both fail, both reasons and what to do; nothing is left behind", async () => {
  const { home, env } = machine(NPM_FAILS, GO_FAILS);
  await expect(getCli(["download", "build"], env)).rejects.toThrow(
    `The Pulumi CLI 3.248.0 or newer is needed and could not be got:
  - download through npm: pulumi: fetch failed
  - build with go: Node.js language host: go: proxy: no such host
Do one of these, then run the same command again:`,
  );
  expect(readdirSync(join(home, "versions"))).toEqual([]);
});

test("Ctrl-C in the middle of a build leaves nothing half-made", async () => {
  const { home, env } = machine(NPM_FAILS, "echo pkg/one >&2; exec sleep 30");
  const script = 'require("tsx/cjs"); require("./cli/launcher/get.ts").getCli(["build"], process.env)';
  const child = spawn(process.execPath, ["-e", script], { env });
  const ended = new Promise((done) => child.once("close", done));
  const built = () => versionsIn(home).filter((name) => name.includes(".part-"));
  await expect.poll(built, { timeout: 10_000 }).toHaveLength(1);
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(versionsIn(home)).toEqual([]);
});

/** Locks, and the folder that is being built while it is. */
const versionsIn = (home: string) =>
  existsSync(join(home, "versions")) ? readdirSync(join(home, "versions")) : [];
