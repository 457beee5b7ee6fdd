import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Env } from "./paths";

export interface LockedStack {
  name: string;
  salt: string;
}

/** The stacks of a file backend whose secrets are encrypted with a passphrase. */
export function lockedStacks(state: string): LockedStack[] {
  return stateFiles(state).flatMap((file) => {
    const provider = checkpointIn(file)?.latest?.secrets_providers;
    return provider?.type === "passphrase"
      ? [{ name: basename(file, ".json"), salt: provider.state.salt }]
      : [];
  });
}

/** What to do about state files of a file backend that cannot be read; undefined when all can. */
export function damagedState(state: string): string | undefined {
  const damaged = stateFiles(state).filter((file) => checkpointIn(file) === undefined);
  if (damaged.length === 0) return undefined;
  return damaged
    .map((file) => {
      const way =
        existsSync(`${file}.bak`) && checkpointIn(`${file}.bak`) !== undefined
          ? `Pulumi keeps the state before the last change: cp '${file}.bak' '${file}', then \`npx pulumi refresh\`.`
          : "Take the file from a backup. If there is none, move it away and bring the stack up again; data on disk stays.";
      return `The state file ${file} is damaged. ${way}`;
    })
    .join("\n");
}

function stateFiles(state: string): string[] {
  const stacks = join(state, ".pulumi", "stacks");
  if (!existsSync(stacks)) return [];
  return readdirSync(stacks, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json"))
    .map((file) => join(stacks, file));
}

interface Checkpoint {
  latest?: { secrets_providers?: { type: string; state: { salt: string } } };
}

/** Undefined when the file is not what Pulumi writes: cut off by a full disk, or emptied by a crash. */
function checkpointIn(file: string): Checkpoint | undefined {
  try {
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8"));
    return checkpoint && typeof checkpoint === "object" ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}

// Pulumi's own test value and parameters (sdk/go/common/resource/config/crypt.go).
const ITERATIONS = 1_000_000;
const TEST_VALUE = "pulumi";
const TAG_BYTES = 16;

/** Whether the passphrase opens a Pulumi salt (`v1:<salt>:v1:<nonce>:<encrypted "pulumi">`). */
export function opens(passphrase: string, salt: string): boolean {
  const [, salted, , nonce, encrypted] = salt.split(":").map((part) => Buffer.from(part, "base64"));
  if (!salted || !nonce || !encrypted) return false;
  const key = pbkdf2Sync(passphrase, salted, ITERATIONS, 32, "sha256");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAuthTag(encrypted.subarray(-TAG_BYTES));
  try {
    return (
      decipher.update(encrypted.subarray(0, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8") ===
      TEST_VALUE
    );
  } catch {
    return false;
  }
}

function passphraseIn(env: Env): string | undefined {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return env.PULUMI_CONFIG_PASSPHRASE;
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  return file && existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

/** After a failed command: names the stacks the passphrase in use does not open, and what to do. */
export function wrongPassphrase(env: Env, state: string, args: string[]): string | undefined {
  const passphrase = passphraseIn(env);
  if (passphrase === undefined) return undefined;
  const named = (name: string) =>
    args.some((arg) => arg === name || arg === `--stack=${name}` || arg === `-s=${name}`);
  const stacks = lockedStacks(state);
  const asked = stacks.some(({ name }) => named(name)) ? stacks.filter(({ name }) => named(name)) : stacks;
  const closed = asked.filter(({ salt }) => !opens(passphrase, salt)).map(({ name }) => name);
  if (closed.length === 0) return undefined;
  const source =
    env.PULUMI_CONFIG_PASSPHRASE === undefined ? "PULUMI_CONFIG_PASSPHRASE_FILE" : "PULUMI_CONFIG_PASSPHRASE";
  return [
    `The state of stack ${closed.join(", ")} in ${state} was encrypted with another passphrase than the one ${source} gives.`,
    `Unset ${source} to use the one in .pulumi-local/passphrase, or set it to the passphrase the stack was made with.`,
  ].join("\n");
}
