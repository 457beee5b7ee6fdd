import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { damagedState, lockedStacks, opens, wrongPassphrase } from "../../../../dev/launcher/passphrase";

// Written by the CLI 3.259.0 with the passphrase "abc".
const salt = "v1:zpkF97FUb/I=:v1:5JvOdvw/101QMyU2:aIiEilXb0uMx3s1IVwkxkcj1Np2uNQ==";

function stateWith(...stacks: string[]): string {
  const state = mkdtempSync(join(tmpdir(), "state-"));
  const folder = join(state, ".pulumi", "stacks", "redis-topology");
  mkdirSync(folder, { recursive: true });
  const latest = { secrets_providers: { type: "passphrase", state: { salt } } };
  for (const name of stacks)
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ checkpoint: { latest } }));
  return state;
}

test("opens a salt that Pulumi wrote, with its passphrase only", () => {
  expect(opens("abc", salt)).toBe(true);
  expect(opens("abd", salt)).toBe(false);
  expect(opens("abc", "v1:broken")).toBe(false);
});

test("names the stacks of a file backend", () => {
  expect(lockedStacks(stateWith("local", "dev")).map(({ name }) => name)).toEqual(["dev", "local"]);
  expect(lockedStacks("/nonexistent")).toEqual([]);
});

test("says nothing when the passphrase opens the state", () => {
  expect(wrongPassphrase({ PULUMI_CONFIG_PASSPHRASE: "abc" }, stateWith("local"), [])).toBeUndefined();
});

test("says which stack, which variable, and what to do", () => {
  const state = stateWith("local", "dev");
  expect(wrongPassphrase({ PULUMI_CONFIG_PASSPHRASE: "bad" }, state, ["up", "-s", "local"])).toBe(
    `The state of stack local in ${state} was encrypted with another passphrase than the one PULUMI_CONFIG_PASSPHRASE gives.
Unset PULUMI_CONFIG_PASSPHRASE to use the one in .pulumi-local/passphrase, or set it to the passphrase the stack was made with.`,
  );
});

test("a damaged state file is named, with the copy that Pulumi keeps", () => {
  const state = stateWith("local", "dev", "new");
  expect(damagedState(state)).toBeUndefined();
  const file = (name: string) => join(state, ".pulumi/stacks/redis-topology", `${name}.json`);
  writeFileSync(file("dev"), '{"version":3,"check');
  copyFileSync(file("local"), `${file("local")}.bak`);
  writeFileSync(file("local"), "");
  writeFileSync(file("new"), "null");
  writeFileSync(`${file("new")}.bak`, "");
  const none =
    "Take the file from a backup. If there is none, move it away and bring the stack up again; data on disk stays.";
  expect(damagedState(state)?.split("\n").sort()).toEqual([
    `The state file ${file("dev")} is damaged. ${none}`,
    `The state file ${file("local")} is damaged. Pulumi keeps the state before the last change: cp '${file("local")}.bak' '${file("local")}', then \`npx pulumi refresh\`.`,
    `The state file ${file("new")} is damaged. ${none}`,
  ]);
  expect(lockedStacks(state)).toEqual([]);
  expect(wrongPassphrase({ PULUMI_CONFIG_PASSPHRASE: "bad" }, state, [])).toBeUndefined();
});
