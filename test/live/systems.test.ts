import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stackFiles } from "../mocked/stackFiles";
import type { Surroundings } from "../stand-ins";
import { surroundings } from "../stand-ins";
import { Engine } from "./engine";
import { missing } from "./require";
import { temporaryFolder } from "./servers";

const SYSTEMS = "examples/systems/";
const SETS_A_SECRET = /Set it with `pulumi ([^`]+ '([\w.]+)')`/;

/** What a reader would put in, by the last part of the setting. */
const GIVEN: Record<string, string> = {
  url: "redis://default:of-the-test@redis.internal:6379",
  password: "of-the-test",
};

/** What system E has in its cluster already. */
const OF_SYSTEM_E = {
  "/api/v1/namespaces/redis": { metadata: { name: "redis" } },
  "/apis/storage.k8s.io/v1/storageclasses/longhorn-replicated": {
    metadata: { name: "longhorn-replicated" },
    allowVolumeExpansion: true,
  },
};

const files = stackFiles()
  .filter(({ path }) => path.startsWith(SYSTEMS))
  .map(({ path, stack }) => ({ stack, folder: path.slice(0, path.lastIndexOf("/")) }));

describe.skipIf(missing("pulumi"))(
  "the systems' stack files, where they lie, with stand-ins for plugins",
  () => {
    const environment = { ...process.env };
    let standIns: Surroundings;
    let engine: Engine;

    beforeAll(async () => {
      standIns = await surroundings(temporaryFolder(), OF_SYSTEM_E);
      Object.assign(process.env, standIns.env);
      // What an older language host takes by itself.
      engine = await Engine.start({}, "tsconfig.json");
    });

    afterAll(async () => {
      await engine?.end();
      standIns?.close();
      process.env = environment;
    });

    test("there are stack files of five systems", () => {
      expect(new Set(files.map(({ folder }) => folder)).size).toBe(5);
    });

    test.each(files)("$stack", async ({ stack, folder }) => {
      const inFolder = (...args: string[]) => ["-C", folder, ...args, "--stack", stack];
      await engine.succeed("-C", folder, "stack", "init", stack);
      // A machine of theirs; the engine's stand-in answers in its place.
      if (stack === "edk-compose-prod") {
        const host = [
          "config",
          "set",
          "--path",
          "redis-topology:docker.host",
          standIns.env.DOCKER_HOST ?? "",
        ];
        await engine.succeed(...inFolder(...host));
      }
      const preview = inFolder("preview", "--non-interactive");
      let { code, output } = await engine.run(preview);
      // A secret that is still to be given is refused, with the command that gives it.
      const [, command, key = ""] = SETS_A_SECRET.exec(output) ?? [];
      if (command !== undefined) {
        expect(output).toContain(`${key}: missing.`);
        const args = command.replaceAll("'", "").split(" ");
        await engine.succeed(...inFolder(...args, GIVEN[key.split(".").at(-1) ?? ""] ?? ""));
        ({ code, output } = await engine.run(preview));
      }
      expect(code, output).toBe(0);
      expect(output).toMatch(/\+ \d+ to create/);
    });
  },
);
