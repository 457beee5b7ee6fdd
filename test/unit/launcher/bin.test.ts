import type { SpawnOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { forwards } from "../../../cli/launcher/child";

const launcher = resolve("cli/bin/pulumi.js");

/** Runs the launcher with a shell script as the `pulumi` on PATH, behind a launcher in node_modules/.bin. */
function launch(script: string, args: string[], options: SpawnOptions = {}, backend = "file:///elsewhere") {
  const home = mkdtempSync(join(tmpdir(), "bin-"));
  const bins = {
    "node_modules/.bin": "exit 99",
    bin: `[ "$1" = version ] && echo v3.300.0 && exit\n${script}`,
  };
  for (const [folder, text] of Object.entries(bins)) {
    mkdirSync(join(home, folder), { recursive: true });
    writeFileSync(join(home, folder, "pulumi"), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  const path = [...Object.keys(bins).map((folder) => join(home, folder)), process.env.PATH].join(":");
  const env = {
    ...process.env,
    HOME: home,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: backend,
    PATH: path,
  };
  const child = spawn(process.execPath, [launcher, ...args], { cwd: home, env, ...options });
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  const ended = new Promise<{ code: number | null; output: string }>((done) => {
    child.on("close", (code) => done({ code, output }));
  });
  return {
    child,
    ended,
    seen: (text: string) => expect.poll(() => output, { timeout: 10_000 }).toContain(text),
  };
}

test("arguments, input and exit code go through unchanged", async () => {
  const { child, ended } = launch('printf "<%s>" "$@"; cat; exit 7', [
    "up",
    "--message",
    "two words",
    "",
    "$HOME'\"*",
  ]);
  child.stdin?.end("input");
  expect(await ended).toEqual({ code: 7, output: "<up><--message><two words><><$HOME'\"*>input" });
});

test("the user's backend stays; plugins are not fetched up front; no update check", async () => {
  const { ended } = launch(
    'echo "$PULUMI_BACKEND_URL $PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL $PULUMI_SKIP_UPDATE_CHECK"',
    [],
  );
  expect((await ended).output).toBe("file:///elsewhere true true\n");
});

test("a `pulumi` on PATH that leads back here is not used, and nothing calls itself", async () => {
  const home = mkdtempSync(join(tmpdir(), "bin-"));
  const script = `#!/bin/sh\necho x >> '${home}/calls'\nexec '${process.execPath}' '${launcher}' "$@"\n`;
  writeFileSync(join(home, "pulumi"), script, { mode: 0o755 });
  // Neither npm nor go on PATH: nothing is got.
  const env = { PATH: home, HOME: home, PULUMI_HOME: home };
  const child = spawn(process.execPath, [launcher, "up"], {
    cwd: home,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  expect(await text(child.stderr)).toContain(
    `${home}/pulumi is not used: it is not a working CLI, and 3.248.0 or newer is needed.`,
  );
  expect(readFileSync(join(home, "calls"), "utf8")).toBe("x\n");
});

test.each([
  ["the launcher", launcher],
  ["the day-two commands", resolve("cli/bin/redis-topology.cjs")],
])("%s run nothing that lies in the temporary folder, and keep nothing there", async (_, file) => {
  const home = mkdtempSync(join(tmpdir(), "bin-"));
  writeFileSync(join(home, "pulumi"), "#!/bin/sh\necho v3.300.0\n", { mode: 0o755 });
  const temporary = join(home, "tmp");
  mkdirSync(temporary);
  const env = { ...process.env, PULUMI_HOME: home, PATH: `${home}:${process.env.PATH}`, TMPDIR: temporary };
  const child = spawn(process.execPath, [file, "--help"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
  expect(output).not.toBe("");
  expect(readdirSync(temporary)).toEqual([]);
});

test("a login is not answered with this clone's own state", async () => {
  const { ended } = launch('echo "<$PULUMI_BACKEND_URL$PULUMI_CONFIG_PASSPHRASE_FILE>"', ["login"], {}, "");
  expect(await ended).toEqual({ code: 0, output: "<>\n" });
});

test("without a terminal, an interrupt reaches Pulumi once, though npm sends a second; its end is awaited", async () => {
  // Counts on for a while after the first. Not in sh, where a signal has been lost once.
  const count = `let n = 0;
process.on("SIGINT", () => {
  if (n++ === 0) setTimeout(() => process.exit(40 + n), 1500);
  console.log("interrupted");
});
setInterval(() => {}, 1000);
console.log("ready");`;
  const counting = `exec '${process.execPath}' -e '${count}'`;
  const { child, ended, seen } = launch(counting, ["up"]);
  await seen("ready");
  child.kill("SIGINT");
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: 41, output: "ready\ninterrupted\n" });
});

test.each([
  ["SIGINT", true, 9999, false],
  ["SIGHUP", true, 9999, false],
  ["SIGTERM", true, 9999, true],
  ["SIGINT", false, 9999, true],
  ["SIGINT", false, 300, false],
] as const)("%s, terminal %s, %d ms after the last: forwarded %s", (signal, terminal, ms, answer) => {
  expect(forwards(signal, terminal, ms)).toBe(answer);
});
