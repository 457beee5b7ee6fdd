import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Surroundings } from "../stand-ins";
import { surroundings } from "../stand-ins";
import { Engine } from "./engine";
import { missing } from "./require";
import { temporaryFolder } from "./servers";

/** Stacks of earlier versions, exported after an `up` of Pulumi.dev.yaml on the same stand-ins, by commit. */
const STATES = path.resolve(__dirname, "../stand-ins/states");
const VERSIONS = ["9f9791f", "871f7ed"];

interface Exported {
  readonly deployment: {
    readonly resources: readonly {
      readonly urn: string;
      readonly type: string;
      readonly outputs?: { readonly name?: string };
    }[];
  };
}

interface Previewed {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}

describe.skipIf(missing("pulumi")).each(VERSIONS)(
  "a Docker stack of version %s, without the project in its names",
  (version) => {
    const environment = { ...process.env };
    let standIns: Surroundings;
    let engine: Engine;

    beforeAll(async () => {
      standIns = await surroundings(temporaryFolder());
      Object.assign(process.env, standIns.env);
      engine = await Engine.start({});
      engine.adopt("Pulumi.dev.yaml");
      await engine.succeed(
        "stack",
        "import",
        "--stack",
        "live",
        "--file",
        `${STATES}/docker-${version}.json`,
      );
    });

    afterAll(async () => {
      await engine?.end();
      standIns?.close();
      process.env = environment;
    });

    /** `type name-on-the-engine` of what is on the engine. */
    async function names(): Promise<string[]> {
      const state = JSON.parse(await engine.succeed("stack", "export", "--stack", "live")) as Exported;
      return state.deployment.resources
        .filter(({ type }) => /^docker:index.*:(Container|Network|Volume)$/.test(type))
        .map(({ type, outputs }) => `${type.replace(/.*:/, "")} ${outputs?.name}`)
        .sort();
    }

    // The stand-in replaces what gets another name, and nothing else.
    test("keeps its volume, its network and every other name", async () => {
      const preview = await engine.succeed("preview", "--json", "--stack", "live");
      const { steps } = JSON.parse(preview.slice(preview.indexOf("{"))) as Previewed;
      const made = steps
        .filter(({ op }) => /replace|delete/.test(op))
        .map(({ urn }) => urn.split("::").at(-1));
      expect([...new Set(made)].sort()).toEqual([]);
      const before = await names();
      expect(before).toContain("Volume live-redis-queue-data");
      await engine.up();
      expect(await names()).toEqual(before);
      await engine.unchanged();
    });
  },
);
