import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applyOverrides, parseOverride } from "../../cli/src/endpointOverride";
import { UserError } from "../../cli/src/errors";
import { parseOutputs } from "../../cli/src/outputs";
import { stackOutputs } from "../../cli/src/stackOutputs";
import { bullmqDefaults } from "../../components/redis/bullmq";
import { outputsOf } from "../live/cli-helpers";

const login = { port: 6379, username: "default", password: "hunter2", prefix: undefined };
const cache = {
  ...login,
  host: "cache.test",
  tls: false,
  url: "redis://cache.test",
  caCertificate: undefined,
};
const queue = { ...login, host: "queue.test", tls: true, url: "rediss://queue.test", caCertificate: "PEM" };
const outputs = outputsOf({ cache, queue });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "redis-topology-stack-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A `pulumi` that prints this, notes its arguments and folder, and ends with this code. */
function fakePulumi(bin: string, stdout: string, stderr: string, code: number): void {
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, "stdout"), stdout);
  writeFileSync(path.join(bin, "stderr"), stderr);
  const script = `#!/bin/sh\nhere=$(dirname "$0")\nprintf '%s\\n' "$PWD" "$@" > "$here/called"\ncat "$here/stdout"\ncat "$here/stderr" >&2\nexit ${code}\n`;
  writeFileSync(path.join(bin, "pulumi"), script);
  chmodSync(path.join(bin, "pulumi"), 0o755);
}

function program(stdout: string, stderr = "", code = 0): string {
  writeFileSync(path.join(folder, "Pulumi.yaml"), "");
  fakePulumi(path.join(folder, "node_modules", ".bin"), stdout, stderr, code);
  return folder;
}

test("the outputs come from the repository's own pulumi, run in the program's folder", async () => {
  const root = program(JSON.stringify(outputs));
  const below = path.join(root, "a", "b");
  mkdirSync(below, { recursive: true });
  expect(await stackOutputs("local", { cwd: below })).toEqual(outputs);
  const called = readFileSync(path.join(root, "node_modules", ".bin", "called"), "utf8");
  const args = ["stack", "output", "--json", "--show-secrets", "--non-interactive", "--stack", "local"];
  expect(called).toBe(`${[root, ...args].join("\n")}\n`);
});

test("without one in the repository, the pulumi on PATH is run", async () => {
  writeFileSync(path.join(folder, "Pulumi.yaml"), "");
  const bin = path.join(folder, "path");
  fakePulumi(bin, JSON.stringify(outputs), "", 0);
  const env = { PATH: `${bin}:${process.env.PATH}` };
  expect(await stackOutputs(undefined, { cwd: folder, env })).toEqual(outputs);
});

/** Verbatim from Pulumi 3.259.0. */
const PASSPHRASE_MISSING =
  'error: constructing secrets manager of type "passphrase": constructing secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables\n';
const PASSPHRASE_WRONG =
  "error: failed to decrypt: incorrect passphrase, please set PULUMI_CONFIG_PASSPHRASE to the correct passphrase or set PULUMI_CONFIG_PASSPHRASE_FILE to a file containing the passphrase\n";

test.each([
  [
    "local",
    "error: no stack named 'local' found\n",
    'Stack "local" does not exist in FOLDER. `npx pulumi stack ls` lists those that do; `npx pulumi up --stack local` makes it.',
  ],
  [
    undefined,
    "error: no stack selected; please use `pulumi stack select` to choose one\n",
    "No stack is selected. Name one with `--stack NAME`; `npx pulumi stack ls` lists them.",
  ],
  [
    "local",
    PASSPHRASE_MISSING,
    'The secrets of stack "local" are encrypted with a passphrase, and none is set. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one it was made with.',
  ],
  [
    "local",
    PASSPHRASE_WRONG,
    'The passphrase does not fit stack "local". Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one it was made with.',
  ],
  [
    "local",
    "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions\n",
    "Pulumi is not logged in. Run `pulumi login URL` with the address of the backend that holds the stack, or set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN.",
  ],
  [
    undefined,
    "error: the sky fell\n",
    "Pulumi could not read the outputs of the selected stack: the sky fell. Run `npx pulumi stack output` in FOLDER to see more.",
  ],
])("stack %s, %j: says what to do", async (stack, stderr, message) => {
  const cwd = program("", stderr, 1);
  await expect(stackOutputs(stack, { cwd })).rejects.toThrow(
    new UserError(message.replace("FOLDER", folder)),
  );
});

test("a stack without outputs was not brought up", async () => {
  const cwd = program("{}\n");
  await expect(stackOutputs("local", { cwd })).rejects.toThrow(
    new UserError(
      `Stack "local" has no outputs: it has not been brought up, or it was destroyed. Run \`npx pulumi up --stack local\` in ${folder}.`,
    ),
  );
});

test("a missing pulumi and a missing program say so", async () => {
  await expect(stackOutputs("local", { cwd: folder })).rejects.toThrow(
    new UserError(
      `No Pulumi.yaml in ${folder} or any folder above it. Run this in the program's folder, or give the outputs with \`--outputs FILE\`.`,
    ),
  );
  writeFileSync(path.join(folder, "Pulumi.yaml"), "");
  await expect(stackOutputs("local", { cwd: folder, env: { PATH: folder } })).rejects.toThrow(
    new UserError(
      "Cannot run Pulumi (spawn pulumi ENOENT). Run `npm install` in the repository, or install Pulumi: https://www.pulumi.com/docs/install/",
    ),
  );
});

test("outputs of another program are refused, every problem with its place and no value", () => {
  const odd = { ...outputs, cache: { ...cache, port: "hunter2", tls: undefined }, env: undefined };
  expect(() => parseOutputs(JSON.stringify(odd), 'stack "x"')).toThrow(
    new UserError(
      [
        'The outputs of stack "x" are not those of this program:',
        "  - cache.port: Invalid input: expected number, received string",
        "  - cache.tls: Invalid input: expected boolean, received undefined",
        "  - env: Invalid input: expected record, received undefined",
        "Bring the stack up with this version of the program (`npx pulumi up`), or name another stack.",
      ].join("\n"),
    ),
  );
});

test.each([
  [
    { ...outputs, cache: undefined, queue: undefined },
    "  - cache, queue: both are missing; at least one is needed",
  ],
  [{ ...outputs, bullmq: undefined }, "  - bullmq: missing, though there is a queue"],
  [
    { ...outputs, guarantees: { cache: outputs.guarantees.cache } },
    "  - guarantees.queue: missing, though there is a queue",
  ],
])("outputs that do not fit together are refused (%#)", (odd, line) => {
  expect(() => parseOutputs(JSON.stringify(odd), "x")).toThrow(
    new UserError(
      `The outputs of x are not those of this program:\n${line}\nBring the stack up with this version of the program (\`npx pulumi up\`), or name another stack.`,
    ),
  );
});

test("Pulumi's nulls are as good as nothing, except where they mean something", () => {
  const nulls = { ...outputs, cache: { ...cache, prefix: null, caCertificate: null } };
  const parsed = parseOutputs(JSON.stringify(nulls), "x");
  expect(parsed).toEqual(outputs);
  expect(parsed.bullmq?.worker.maxRetriesPerRequest).toBe(null);
});

test.each([
  ["queue=127.0.0.1:16380", { role: "queue", host: "127.0.0.1", port: 16380 }],
  ["cache=some.host:1", { role: "cache", host: "some.host", port: 1 }],
  ["cache=[::1]:65535", { role: "cache", host: "::1", port: 65535 }],
])("%s is an endpoint", (text, override) => {
  expect(parseOverride(text)).toEqual(override);
});

test.each([
  "",
  "queue",
  "queue=host",
  "queue=:1",
  "queue=host:0",
  "queue=host:65536",
  "pubsub=host:1",
  "queue=::1:1",
])("%j is no endpoint", (text) => {
  expect(() => parseOverride(text)).toThrow(
    new UserError(
      `${JSON.stringify(text)} is no endpoint. Allowed: ROLE=HOST:PORT with the role cache or queue and a port from 1 to 65535, such as \`queue=127.0.0.1:16380\` or \`cache=[::1]:16379\`.`,
    ),
  );
});

test("another address goes everywhere and keeps the name that the certificate has", () => {
  const moved = applyOverrides(outputs, [{ role: "queue", host: "::1", port: 7 }]);
  const there = { host: "::1", port: 7 };
  const tls = { ca: "PEM", servername: "queue.test" };
  expect(moved).toEqual({
    ...outputs,
    env: {
      ...outputs.env,
      REDIS_QUEUE_HOST: "::1",
      REDIS_QUEUE_PORT: "7",
      REDIS_QUEUE_URL: "rediss://default:hunter2@[::1]:7",
    },
    queue: { ...queue, ...there, servername: "queue.test", url: "rediss://default:hunter2@[::1]:7" },
    bullmq: {
      ...outputs.bullmq,
      producer: { ...outputs.bullmq?.producer, ...there, tls },
      worker: { ...outputs.bullmq?.worker, ...there, tls },
    },
  });
});

test("another address for a role that is absent or named twice is refused", () => {
  const override = { role: "queue", host: "h", port: 7 } as const;
  expect(() => applyOverrides(outputsOf({ cache }), [override])).toThrow(
    new UserError("--endpoint queue=h:7: the outputs hold no queue. Remove the option."),
  );
  expect(() => applyOverrides(outputs, [override, override])).toThrow(
    new UserError("--endpoint queue=h:7: the role is given twice. Give it once."),
  );
});

test.each([{ keepFailedForever: true }, { keepFailedCount: 5 }, { keepFailedCount: 0, keepFailedAge: 60 }])(
  "finished jobs and the connection as a stack may have them: %j",
  (keep) => {
    const said = bullmqDefaults({ ...keep, readyCheck: false });
    const bullmq = {
      ...outputs.bullmq,
      defaultJobOptions: said.defaultJobOptions,
      producer: { ...login, host: "q", ...said.producer },
    };
    const named = { ...outputs, cache: { ...cache, envPrefix: "KV" }, bullmq };
    const read = parseOutputs(JSON.stringify(named), "the test");
    expect(read.bullmq?.defaultJobOptions.removeOnFail).toEqual(said.defaultJobOptions.removeOnFail);
    expect(read.bullmq?.producer.enableReadyCheck).toBe(false);
    expect(read.cache?.envPrefix).toBe("KV");
  },
);
