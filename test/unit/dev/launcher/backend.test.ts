import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isLogin, ownBackend, workingFolder, writeOnce } from "../../../../dev/launcher/backend";

const project = "name: redis-topology\nruntime: nodejs\n";

test.each([
  ["nobody logged in", {}, "", project, undefined],
  ["logged out again", {}, '{"accessTokens":{},"accounts":{}}', project, undefined],
  ["an empty variable", { PULUMI_BACKEND_URL: "" }, "", project, undefined],
  ["a backend variable", { PULUMI_BACKEND_URL: "s3://b" }, "", project, "PULUMI_BACKEND_URL is set"],
  ["a token", { PULUMI_ACCESS_TOKEN: "t" }, "", project, "PULUMI_ACCESS_TOKEN is set"],
  ["a project's backend", {}, "", `${project}backend: { url: "s3://b" }`, "Pulumi.yaml names a backend"],
  [
    "a login",
    {},
    '{"current":"file://~","accessTokens":{"file://~":""}}',
    project,
    "you are logged in with `pulumi login`",
  ],
  [
    "a login to a clone's own state",
    {},
    '{"current":"file:///home/me/my%20clone/.pulumi-local/state","accessTokens":{"file:///x":""}}',
    project,
    undefined,
  ],
  [
    "encrypted credentials",
    {},
    '{"version":1,"backend":"x"}',
    project,
    "you are logged in with `pulumi login`",
  ],
  ["credentials nobody can read", {}, "not json", project, "you are logged in with `pulumi login`"],
])("%s", (_, env, credentials, projectFile, reason) => {
  expect(ownBackend(env, credentials, projectFile)).toBe(reason);
});

test.each([
  [["login"], true],
  [["-C", "/x", "login", "--local"], true],
  [["--color=never", "login", "s3://b"], true],
  [["config", "set", "login", "x"], false],
  [["up", "-s", "login"], false],
  [[], false],
])("%j is a login: %s", (args, answer) => {
  expect(isLogin(args)).toBe(answer);
});

test.each([
  [["-C", "examples/systems/edk", "up"], "/clone/examples/systems/edk"],
  [["up", "--cwd=/elsewhere"], "/elsewhere"],
  [["up", "-C=x"], "/clone/x"],
  [["up", "-s", "C"], "/clone"],
])("%j works in %s", (args, folder) => {
  expect(workingFolder(args, "/clone")).toBe(folder);
});

const folder = () => {
  const made = mkdtempSync(join(tmpdir(), "once-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
};

test("two processes that make the passphrase at once end with the same one", async () => {
  const file = join(folder(), "passphrase");
  const script = `require("tsx/cjs");
const { writeOnce } = require("./dev/launcher/backend.ts");
process.stdin.once("data", () => {
  for (let i = 0; i < 200; i++) {
    writeOnce(process.argv[1] + i, process.pid + "\\n");
    console.log(require("node:fs").readFileSync(process.argv[1] + i, "utf8").trim());
  }
  process.exit();
});
console.log("ready");`;
  const makers = [1, 2].map(() => {
    const child = spawn(process.execPath, ["-e", script, file], { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    return { child, output: () => output, ended: once(child, "close") };
  });
  for (const { output } of makers) await expect.poll(output, { timeout: 10_000 }).toBe("ready\n");
  for (const { child } of makers) child.stdin.write("go");
  for (const { ended } of makers) expect((await ended)[0]).toBe(0);
  expect(makers[0]?.output()).toBe(makers[1]?.output());
  expect(makers[0]?.output().trim().split("\n")).toHaveLength(201);
});

test("a file that is there stays, and nobody else may read it", () => {
  const home = folder();
  const file = join(home, "passphrase");
  writeOnce(file, "first");
  writeOnce(file, "second");
  expect(readFileSync(file, "utf8")).toBe("first");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(home)).toEqual(["passphrase"]);
});
