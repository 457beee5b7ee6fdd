import { execFileSync, execSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BackendName } from "../../components/backends/registry";
import { PulumiProgram } from "./program";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

const repository = path.resolve(__dirname, "../..");
const fixture = path.join(__dirname, "package");

/** A program of somebody else's, with nothing but what the package says it needs. */
describe.skipIf(missing("redis", "pulumi"))("the published package", () => {
  const folder = temporaryFolder();
  const installed = path.join(folder, "node_modules/redis-topology");
  const node = (script: string) =>
    execFileSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8" });

  beforeAll(() => {
    const pack = `npm run pack --silent -- "${path.join(folder, "packed")}"`;
    const tarball = execSync(pack, { cwd: repository, encoding: "utf8" }).trim();
    cpSync(fixture, folder, { recursive: true });
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
    const { dependencies, peerDependenciesMeta, peerDependencies } = manifest(installed);
    const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
    for (const name of [...Object.keys(dependencies), ...peers, "typescript", "@types/node"])
      link(folder, name);
  });

  test("needs one Pulumi, and no provider but the one in use", () => {
    const { peerDependencies, peerDependenciesMeta, dependencies } = manifest(installed);
    expect(peerDependencies["@pulumi/pulumi"]).toMatch(/^\^3\./);
    expect(Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name])).toEqual([
      "@pulumi/pulumi",
    ]);
    expect(Object.keys(dependencies).filter((name) => name.startsWith("@pulumi/"))).toEqual([]);
  });

  test("has every backend under its name, with types", () => {
    for (const name of Object.values(BackendName)) {
      const subpath = node(`console.log(require.resolve("redis-topology/${name}"))`).trim();
      expect(readFileSync(subpath.replace(/\.js$/, ".d.ts"), "utf8")).toMatch(/export \{ \w+Topology \}/);
    }
  });

  test("loads neither zod nor another backend's provider for a component", () => {
    const loaded = node(`require("redis-topology"); require("redis-topology/process");
      console.log(Object.keys(require.cache).join("\\n"))`);
    expect(loaded).toContain("redis-topology/backends/process/topology.js");
    expect(loaded).not.toMatch(/node_modules\/(?:zod|ioredis|@pulumi\/(?!pulumi\/))/);
    expect(loaded).not.toMatch(/backends\/(?!process\/|\w+\.js)/);
  });

  test("loads neither Pulumi nor zod nor a Redis client for an application", () => {
    const loaded = node(
      `require("redis-topology/client"); console.log(Object.keys(require.cache).join("\\n"))`,
    );
    expect(loaded).toContain("redis-topology/client/index.js");
    expect(loaded).not.toMatch(/node_modules\/(?!redis-topology\/)/);
    const declared = node(
      `const { readdirSync, readFileSync } = require("node:fs");
      const folder = require("node:path").dirname(require.resolve("redis-topology/client"));
      for (const file of readdirSync(folder).filter((name) => name.endsWith(".d.ts")))
        console.log(readFileSync(folder + "/" + file, "utf8"));`,
    );
    expect(declared).toContain("testTopology");
    expect(declared).not.toMatch(/from "(?!\.)/);
  });

  test("type-checks in a strict program", () => {
    execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "--noEmit"], { cwd: folder });
  });

  describe("used by a program", () => {
    let program: PulumiProgram | undefined;
    afterAll(() => program?.destroy());

    test("runs Redis with the provider it brings along", async () => {
      program = await PulumiProgram.open(folder, {
        cachePort: await freePort(),
        queuePort: await freePort(),
      });
      await program.up();
      const { cache, queue } =
        await program.outputs<Record<"cache" | "queue", { port: number; password: string }>>();
      const policy = async (redis: Parameters<Parameters<typeof withRedis>[1]>[0]) =>
        ((await redis.config("GET", "maxmemory-policy")) as string[])[1];
      const access = ({ port, password }: typeof cache) => ({ port, password });
      expect(await withRedis(access(cache), policy)).toBe("allkeys-lfu");
      expect(await withRedis(access(queue), policy)).toBe("noeviction");
    });
  });
});

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { optional: boolean }>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
}

/** Stands in for `npm install` of what is installed here already. */
function link(folder: string, name: string): void {
  const place = path.join(folder, "node_modules", name);
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(path.join(repository, "node_modules", name), place);
}
