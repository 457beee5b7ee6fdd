import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Surroundings } from "../stand-ins";
import { PLUGIN_STACKS, surroundings } from "../stand-ins";
import { Engine } from "./engine";
import { missing } from "./require";
import { temporaryFolder } from "./servers";

/** The stack files that protect a queue. */
const PROTECTED = ["Pulumi.prod.yaml", "Pulumi.prod-aws.yaml"];

describe.skipIf(missing("pulumi"))("under Pulumi's real engine, with stand-ins for the plugins", () => {
  const environment = { ...process.env };
  let standIns: Surroundings;

  beforeAll(async () => {
    standIns = await surroundings(temporaryFolder());
    Object.assign(process.env, standIns.env);
  });

  afterAll(() => {
    standIns?.close();
    process.env = environment;
  });

  /** One stack through its life; each test starts where the one before ended. */
  describe.each(Object.values(PLUGIN_STACKS))("%s", (file) => {
    const protects = PROTECTED.includes(file);
    let engine: Engine;

    beforeAll(async () => {
      engine = await Engine.start({});
      engine.adopt(file);
    });

    afterAll(() => engine?.end());

    test("a second up changes nothing", async () => {
      await engine.up();
      expect(await engine.unchanged()).toMatch(/ unchanged\n/);
    });

    test("no password is readable in the state", async () => {
      const { cache, queue } = await engine.outputs();
      const passwords = [cache, queue].flatMap((server) => server?.password ?? []);
      expect(passwords.length).toBeGreaterThan(0);
      const state = await engine.succeed("stack", "export", "--stack", "live");
      expect(passwords.filter((password) => state.includes(password))).toEqual([]);
      // A short password could be guessed from its hash.
      const hashes = passwords.map((password) => createHash("sha256").update(password).digest("hex"));
      expect(hashes.filter((hash) => state.includes(hash))).toEqual([]);
    });

    const refused = "destroy is refused before anything is deleted";
    test(protects ? refused : "destroy leaves nothing", async () => {
      const { code, output } = await engine.run(["destroy", "--yes", "--stack", "live"]);
      expect(output.includes("cannot be deleted\n    because it is protected"), output).toBe(protects);
      expect(code === 0).toBe(!protects);
      if (protects) await engine.unchanged();
    });
  });
});
