import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { Servers } from "./process-servers";
import { temporaryFolder } from "./servers";

const folder = temporaryFolder();
const servers = new Servers(folder);

afterEach(() => vi.unstubAllEnvs());

test("a server program is told nothing of our environment but what it needs", async () => {
  const real = execFileSync("sh", ["-c", "command -v redis-server"], { encoding: "utf8" }).trim();
  const [bin, told] = [path.join(folder, "bin"), path.join(folder, "told")];
  mkdirSync(bin);
  writeFileSync(path.join(bin, "redis-server"), `#!/bin/sh\nenv >> '${told}'\nexec '${real}' "$@"\n`, {
    mode: 0o700,
  });
  vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
  vi.stubEnv("TZ", "Europe/Berlin");
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "of the stack");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "of the account");
  await servers.create(await servers.inputs("queue", { engine: "redis" }));
  const text = readFileSync(told, "utf8");
  expect(text).toContain("TZ=Europe/Berlin");
  expect(text).not.toMatch(/PULUMI|of the stack|AWS|of the account/);
});
