import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { installedCli, refuseForeignCli } from "../../../../dev/launcher/find";
import { getCli } from "../../../../dev/launcher/get";
import { startOf } from "../../../../dev/launcher/process";

const NPM_FAILS = 'echo "Downloading pulumi" >&2; echo "pulumi: fetch failed" >&2; exit 1';
const PARTS = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
/** Stands for npm's official package: its run.js puts the CLI into the versions folder. */
const PACKAGE = `const fs = require("node:fs");
const bin = process.env.PULUMI_HOME + "/versions/3.259.0/bin/";
fs.mkdirSync(bin, { recursive: true });
for (const name of ${JSON.stringify(PARTS)}) fs.writeFileSync(bin + name, "x", { mode: 0o755 });`;
const NPM_WORKS = `mkdir -p node_modules/pulumi && cat > node_modules/pulumi/run.js <<'EOF'
${PACKAGE}
EOF`;
// The last but one argument of `go build … -o <folder> tool`.
const GO_WORKS =
  'while [ $# -gt 2 ]; do shift; done; echo pkg/one >&2; for part in pulumi pulumi-language-nodejs; do echo x > "$1/$part"; chmod +x "$1/$part"; done';
const GO_FAILS = 'echo "go: downloading x v1" >&2; echo "go: proxy: no such host" >&2; exit 1';

function machine(npm: string, go: string) {
  const home = mkdtempSync(join(tmpdir(), "home-"));
  const bin = join(home, "path");
  mkdirSync(bin);
  for (const [name, script] of Object.entries({ npm, go }))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return {
    home,
    env: { ...process.env, HOME: home, PULUMI_HOME: home, PATH: `${bin}:/usr/bin:/bin` } as Record<
      string,
      string | undefined
    >,
  };
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
  const script = 'require("tsx/cjs"); require("./dev/launcher/get.ts").getCli(["build"], process.env)';
  const child = spawn(process.execPath, ["-e", script], { env });
  const ended = new Promise((done) => child.once("close", done));
  const built = () => versionsIn(home).filter((name) => name.includes(".part-"));
  await expect.poll(built, { timeout: 10_000 }).toHaveLength(1);
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(versionsIn(home)).toEqual([]);
});

test("an empty file of an earlier crash does not count either", async () => {
  const { home, env } = machine(NPM_WORKS, GO_FAILS);
  const bin = join(home, "versions/3.259.0/bin");
  mkdirSync(bin, { recursive: true });
  for (const part of PARTS) writeFileSync(join(bin, part), part === "pulumi" ? "" : "x", { mode: 0o755 });
  expect(installedCli(env)).toBeUndefined();
  await getCli(["download"], env);
  expect(installedCli(env)).toBe(join(home, kept));
});

test("with a umask of 000, what was got is still nobody else's to write", async () => {
  const { env } = machine(NPM_FAILS, GO_WORKS);
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  await getCli(["build"], env);
  expect(() => refuseForeignCli(env)).not.toThrow();
});

test("npm runs in a private folder, which does not stay, with the package's hash, and without this launcher", async () => {
  const note =
    'for f in "$(pwd)" "$TMPDIR" "$PATH" "$(stat -c %a .)" "$(cat package-lock.json)"; do echo "$f"; done';
  const { home, env } = machine(`(${note}) > "$PULUMI_HOME/seen"\n${NPM_WORKS}`, GO_FAILS);
  const PATH = `/x/node_modules/.bin:${env.PATH}`;
  await getCli(["download"], { ...env, PATH, PULUMI_VERSION: "3.0.0" });
  const [cwd = "", tmp, path, mode, lock = ""] = readFileSync(join(home, "seen"), "utf8").split("\n");
  expect(cwd).toMatch(new RegExp(`^${home}/versions/\\.download-`));
  expect([tmp, path, mode]).toEqual([cwd, env.PATH, "700"]);
  expect(JSON.parse(lock).packages["node_modules/pulumi"]).toEqual({
    version: "3.259.0",
    integrity: expect.stringMatching(/^sha512-.{86}==$/),
  });
  expect(readdirSync(join(home, "versions"))).toEqual(["3.259.0"]);
});

test("a package with another hash is not run, nor what lies in the temporary folder; the real npm says why", async () => {
  const planted = `require("node:fs").writeFileSync(process.env.PULUMI_HOME + "/ran", "");`;
  const { home, env } = machine("exit 1", GO_FAILS);
  const temporary = join(home, "tmp");
  for (const folder of [join(home, "package"), join(temporary, "node_modules/pulumi")]) {
    mkdirSync(folder, { recursive: true });
    const manifest = { name: "pulumi", version: "3.259.0", bin: { pulumi: "run.js" } };
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(folder, "run.js"), `#!/usr/bin/env node\n${planted}`, { mode: 0o755 });
  }
  execFileSync("tar", ["czf", "package.tgz", "package"], { cwd: home });
  const registry = createServer(({ url }, response) => {
    if (url?.endsWith(".tgz")) return response.end(readFileSync(join(home, "package.tgz")));
    const dist = { tarball: `${address()}/pulumi.tgz` };
    const version = { name: "pulumi", version: "3.259.0", dist };
    return response.end(JSON.stringify({ name: "pulumi", versions: { "3.259.0": version } }));
  }).listen(0, "127.0.0.1");
  const address = () => `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  onTestFinished(() => void registry.close());
  await once(registry, "listening");
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const npm = {
    npm_config_registry: address(),
    npm_config_cache: join(home, "cache"),
    npm_config_fetch_retries: "0",
  };
  await expect(getCli(["download"], { ...env, ...npm, PATH: process.env.PATH })).rejects.toThrow(
    /- download through npm: .*integrity checksum failed when using sha512: wanted sha512-INXMyZ/i,
  );
  expect(existsSync(join(home, "ran"))).toBe(false);
});

test("what gets the CLI ends with the launcher, however that ends", async () => {
  const { home, env } = machine('echo $$ > "$PULUMI_HOME/pid"; exec sleep 60', GO_FAILS);
  const script = 'require("tsx/cjs"); require("./dev/launcher/get.ts").getCli(["download"], process.env)';
  const child = spawn(process.execPath, ["-e", script], { env, stdio: "ignore" });
  const pidFile = join(home, "pid");
  const npm = () => (existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8")) : 0);
  await expect.poll(npm, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(startOf(npm())).toBeDefined();
  child.kill("SIGKILL");
  await expect.poll(() => startOf(npm()), { timeout: 10_000 }).toBeUndefined();
});

/** Locks, and the folder that is being built while it is. */
const versionsIn = (home: string) =>
  existsSync(join(home, "versions")) ? readdirSync(join(home, "versions")) : [];
