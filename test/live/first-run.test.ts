import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { pulumiHome } from "../../dev/launcher/paths";
import { missing } from "./require";

const MINUTES = 60_000;

/** A fresh clone of what lies here, in a folder whose name needs quoting, of a user who is logged in nowhere. */
const folder = mkdtempSync(join(tmpdir(), "first-run-"));
const clone = join(folder, "my clone");
const home = join(folder, "pulumi-home");
const env: NodeJS.ProcessEnv = { ...process.env, PULUMI_HOME: home };
for (const name of [
  "PULUMI_BACKEND_URL",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
])
  delete env[name];

/** Every command that was run in the clone, for the README's to be found among them. */
const ran: string[] = [];

/** Commands of the README that take minutes or would start this very test; what runs them. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  "npm test": ".ci/run",
  "npm run bench": "test/live/bench.test.ts",
};

function shell(command: string, more: NodeJS.ProcessEnv = {}) {
  ran.push(command);
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd: clone,
    env: { ...env, ...more },
    encoding: "utf8",
  });
  return { code: status, stdout, stderr, all: stdout + stderr };
}

const changedFiles = () => shell("git status --short").stdout;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function makeClone() {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" });
  for (const file of files.split("\n").filter((name) => name !== "" && existsSync(name)))
    cpSync(file, join(clone, file), { verbatimSymlinks: true });
  const stack = parse(readFileSync(join(clone, "Pulumi.local.yaml"), "utf8")) as {
    config: Record<string, { port?: number }>;
  };
  for (const role of ["cache", "queue"])
    stack.config[`redis-topology:${role}`] = {
      ...stack.config[`redis-topology:${role}`],
      port: await freePort(),
    };
  writeFileSync(join(clone, "Pulumi.local.yaml"), stringify(stack));
  shell("git init -q . && git add -A && git -c user.name=t -c user.email=t@localhost commit -qm clone");
  mkdirSync(home);
  const versions = join(pulumiHome(process.env), "versions");
  if (existsSync(versions)) symlinkSync(versions, join(home, "versions"));
}

describe.skipIf(missing("redis", "pulumi"))("the first run from a fresh clone", () => {
  beforeAll(makeClone);
  afterAll(() => {
    shell("npm run down");
    rmSync(folder, { recursive: true, force: true });
  });

  test("npm start brings the topology up, checks it, and leaves the clone clean", {
    timeout: 5 * MINUTES,
  }, () => {
    const { code, all } = shell("npm start");
    expect(all).toContain("Installing the npm dependencies");
    expect(all).toMatch(/^ {2}cache {2}redis:\/\/.*:\*\*\*\*@127\.0\.0\.1:\d+$/m);
    expect(all).toContain("npx redis-topology env -s local");
    expect(code, all).toBe(0);
    expect(changedFiles()).toBe("");
    expect(statSync(join(clone, ".pulumi-local")).mode & 0o777).toBe(0o700);
    expect(statSync(join(clone, ".pulumi-local/passphrase")).mode & 0o777).toBe(0o600);
  });

  test("a second npm start changes nothing", () => {
    const { code, all } = shell("npm start");
    expect(code, all).toBe(0);
    expect(all).toMatch(/Resources:\n +\d+ unchanged\n/);
    expect(all).not.toContain("Installing");
    expect(changedFiles()).toBe("");
  });

  test("npx pulumi works on the same stack", () => {
    expect(shell("npx pulumi config get redis-topology:backend -s local").stdout).toBe("process\n");
    const outputs = JSON.parse(shell("npx pulumi stack output --show-secrets --json -s local").stdout);
    expect(outputs.cache.url).toMatch(/^redis:/);
    const preview = shell("npx pulumi preview -s local --non-interactive");
    expect(preview.code, preview.all).toBe(0);
    expect(shell("npx pulumi preview -s nowhere --non-interactive").stderr).toContain(
      "no stack named 'nowhere' found",
    );
    expect(changedFiles()).toBe("");
  });

  test("npx pulumi login asks where to, and a login to the clone's own state does no harm", () => {
    const login = shell("npx pulumi login --non-interactive");
    expect(login.stderr).toContain("PULUMI_ACCESS_TOKEN must be set for login");
    const credentials = join(home, "credentials.json");
    const own = `file://${clone.replaceAll(" ", "%20")}/.pulumi-local/state`;
    writeFileSync(credentials, JSON.stringify({ current: own, accessTokens: { [own]: "" } }));
    const preview = shell("npx pulumi preview -s local --non-interactive");
    expect(preview.code, preview.all).toBe(0);
    rmSync(credentials);
  });

  test("npx redis-topology verifies the stack, and prints its environment", () => {
    const verify = shell("npx redis-topology verify -s local");
    expect(verify.code, verify.all).toBe(0);
    expect(verify.stdout).toMatch(/BullMQ job +│ queue │ pass/);
    expect(shell("npx redis-topology env -s local").stdout).toMatch(/^REDIS_QUEUE_PASSWORD=/m);
  });

  test("npx redis-topology shows how it stands, and runs a program in its environment", () => {
    expect(shell("npx redis-topology status -s local").stdout).toMatch(/queue/);
    expect(shell("npx redis-topology queues -s local").code).toBe(0);
    // 1 where this machine's own settings are to be mended, as in a container.
    expect([0, 1]).toContain(shell("npx redis-topology doctor -s local").code);
    shell(`npm pkg set scripts.dev='node -p "process.env.REDIS_QUEUE_PORT"'`);
    const run = shell("npx redis-topology run -s local -- npm run dev");
    expect(run.stdout, run.all).toMatch(/^\d+$/m);
    shell("git checkout -q .");
  });

  test("a system's stack file is read where it lies", () => {
    expect(shell("npx pulumi -C examples/systems/edk stack init edk-kubernetes").code).toBe(0);
    const up = shell("npx pulumi -C examples/systems/edk up -s edk-kubernetes --non-interactive --yes", {
      KUBECONFIG: "/dev/null",
    });
    expect(up.all).toContain("- kubernetes.context: ");
    expect(
      shell("npx pulumi -C examples/systems/edk stack rm edk-kubernetes --yes --preserve-config").code,
    ).toBe(0);
    expect(changedFiles()).toBe("");
  });

  test("npx redis-topology opens the page, until it is interrupted", () => {
    const page = shell("timeout --signal=INT 15 npx redis-topology ui -s local --no-open");
    expect(page.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+\nCtrl-C ends it\.\n$/);
  });

  test("a password of one's own is set without being shown, and npx pulumi up takes it", () => {
    const set = shell("printf 'my own #1' | npx pulumi config set --path --secret queue.password -s local");
    expect(set.code, set.all).toBe(0);
    const up = shell("npx pulumi up -s local --yes");
    expect(up.code, up.all).toBe(0);
    expect(up.all).not.toContain("my own #1");
    expect(shell("npx redis-topology env -s local --role queue").stdout).toContain("my own #1");
    expect(shell("npx redis-topology verify -s local").code).toBe(0);
    shell("git checkout -q .");
  });

  test("a setting goes to the stack file without a salt, a secret with one", () => {
    expect(shell("npx pulumi stack init another").code).toBe(0);
    expect(changedFiles()).toBe("");
    expect(shell("npx pulumi stack rm another --yes").code).toBe(0);
    shell("npx pulumi config set --path redis-topology:cache.maxMemory 300mb -s local");
    expect(readFileSync(join(clone, "Pulumi.local.yaml"), "utf8")).toMatch(/300mb(?!.*encryptionsalt)/s);
    shell("npx pulumi config set --secret redis-topology:probe hidden -s local");
    expect(readFileSync(join(clone, "Pulumi.local.yaml"), "utf8")).toMatch(/secure: .*encryptionsalt: /s);
    expect(shell("npx pulumi config get redis-topology:probe -s local").stdout).toBe("hidden\n");
    shell("git checkout -q .");
  });

  test("another passphrase is named as the reason", () => {
    const { code, stderr } = shell("npm start", { PULUMI_CONFIG_PASSPHRASE: "another" });
    expect(code).toBe(1);
    expect(stderr).toContain(
      "was encrypted with another passphrase than the one PULUMI_CONFIG_PASSPHRASE gives.",
    );
    expect(stderr).toContain("Unset PULUMI_CONFIG_PASSPHRASE");
    expect(changedFiles()).toBe("");
  });

  test("a damaged local state is named, with the copy to take instead", () => {
    const file = join(clone, ".pulumi-local/state/.pulumi/stacks/redis-topology/local.json");
    const text = readFileSync(file);
    writeFileSync(file, "");
    const { code, stderr } = shell("npx pulumi preview -s local --non-interactive");
    writeFileSync(file, text);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`The state file ${file} is damaged.`);
    expect(stderr).toContain(`cp '${file}.bak' '${file}'`);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test("npm run down on another backend leaves the data of the running servers", () => {
    const down = shell("npm run down -- --delete-data", {
      PULUMI_BACKEND_URL: `file://${home}`,
      PULUMI_CONFIG_PASSPHRASE: "other",
    });
    expect(down.code, down.all).toBe(1);
    expect(down.stderr).toMatch(/\.redis-topology\/local is in use \(pid \d+, \d+\), so nothing was removed/);
    expect(shell("npx redis-topology verify -s local").code).toBe(0);
  });

  test("npm run down, twice, keeps the data; --delete-data removes it", () => {
    for (const _ of ["first", "again"]) {
      const down = shell("npm run down");
      expect(down.code, down.all).toBe(0);
    }
    const data = join(clone, ".redis-topology/local");
    expect(existsSync(data)).toBe(true);
    expect(shell("npm run down -- --delete-data").stderr).toContain("Removed .redis-topology/local.");
    expect(existsSync(data)).toBe(false);
    expect(changedFiles()).toBe("");
  });

  test("the package is made, and the schema of the stack files is what lies in the repository", () => {
    const pack = shell("npm run pack");
    expect(pack.code, pack.all).toBe(0);
    const schema = shell("npm run schema");
    expect(schema.code, schema.all).toBe(0);
    expect(changedFiles()).toBe("");
  });

  test("every command of the README was run here", () => {
    for (const command of readmeCommands()) {
      const elsewhere = RUN_ELSEWHERE[command];
      if (elsewhere === undefined) expect(ran.filter((line) => line.includes(command))).not.toEqual([]);
      else expect(readFileSync(elsewhere, "utf8")).toContain(command);
    }
  });
});

/** The commands in the README's shell blocks and between backticks, for the stack `local`. */
function readmeCommands(): string[] {
  const readme = readFileSync(join(clone, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
    block.trim().split("\n"),
  );
  const inline = [...readme.matchAll(/`((?:npm|npx) [^`]+)`/g)].map(([, command = ""]) => command);
  return [...blocks.map((line) => line.replace(/\s+#.*$/, "")), ...inline].map((command) =>
    command.replace("init <stack>", "init another").replace("<stack>", "local"),
  );
}
