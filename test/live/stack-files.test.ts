import { createServer, type Server } from "node:net";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BackendName } from "../../components/backends/registry";
import { subjects } from "../mocked/subjects";
import { installStandIns } from "../stand-ins";
import { Engine } from "./engine";
import { missing } from "./require";
import { temporaryFolder } from "./servers";

/** A stack file for each backend whose provider is a Pulumi plugin, and whether it protects a queue. */
const FILES: readonly (readonly [string, BackendName, boolean])[] = [
  ["Pulumi.dev.yaml", "docker", false],
  ["Pulumi.prod.yaml", "kubernetes", true],
  ["Pulumi.prod-aws.yaml", "elasticache", true],
  ["Pulumi.lightsail.yaml", "lightsail", false],
];

describe.skipIf(missing("pulumi"))("under Pulumi's real engine, with stand-ins for the plugins", () => {
  const environment = { ...process.env };
  let dockerEngine: Server;

  beforeAll(async () => {
    const folder = temporaryFolder();
    installStandIns(folder);
    const socket = path.join(folder, "docker.sock");
    dockerEngine = createServer((connection) => connection.end());
    await new Promise<void>((resolve) => dockerEngine.listen(socket, resolve));
    process.env.DOCKER_HOST = `unix://${socket}`;
    process.env.PATH = `${folder}${path.delimiter}${process.env.PATH}`;
  });

  afterAll(() => {
    dockerEngine?.close();
    process.env = environment;
  });

  /** One stack through its life; each test starts where the one before ended. */
  describe.each(FILES)("%s", (file, backend, protects) => {
    let engine: Engine;

    beforeAll(async () => {
      Object.assign(process.env, subjects[backend].environment);
      engine = await Engine.start({});
      engine.adopt(file);
    });

    afterAll(() => engine?.end());

    test("a second up changes nothing", async () => {
      await engine.up();
      expect(await engine.up("--expect-no-changes")).toMatch(/ unchanged\n/);
    });

    test("no password is readable in the state", async () => {
      const { cache, queue } = await engine.outputs();
      const passwords = [cache, queue].flatMap((server) => server?.password ?? []);
      expect(passwords.length).toBeGreaterThan(0);
      const state = await engine.succeed("stack", "export", "--stack", "live");
      expect(passwords.filter((password) => state.includes(password))).toEqual([]);
    });

    const refused = "destroy is refused before anything is deleted";
    test(protects ? refused : "destroy leaves nothing", async () => {
      const { code, output } = await engine.run(["destroy", "--yes", "--stack", "live"]);
      expect(output.includes("cannot be deleted\n    because it is protected"), output).toBe(protects);
      expect(code === 0).toBe(!protects);
      if (protects) await engine.up("--expect-no-changes");
    });
  });
});
