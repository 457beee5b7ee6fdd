import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BackendName } from "../../components/backends/registry";
import type { Manifest } from "./packed";
import { installPackage, link } from "./packed";
import { PulumiProgram } from "./program";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

const repository = path.resolve(__dirname, "../..");
const fixture = path.join(__dirname, "package");

/** A program of somebody else's, with nothing but what the package says it needs. */
describe.skipIf(missing("redis", "pulumi"))("the published package", () => {
  const folder = temporaryFolder();
  const node = (script: string) =>
    execFileSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8" });

  let manifest: Manifest;

  beforeAll(() => {
    cpSync(fixture, folder, { recursive: true });
    manifest = installPackage(folder);
    for (const name of ["typescript", "@types/node"]) link(folder, name);
  });

  test("needs one Pulumi, and no provider but the one in use", () => {
    const { peerDependencies, peerDependenciesMeta, dependencies } = manifest;
    expect(peerDependencies["@pulumi/pulumi"]).toMatch(/^\^3\./);
    expect(Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta?.[name])).toEqual([
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
    expect(loaded).toContain("redis-topology/dist/backends/process/component.js");
    expect(loaded).not.toMatch(/node_modules\/(?:zod|ioredis|@pulumi\/(?!pulumi\/))/);
    expect(loaded).not.toMatch(/backends\/(?!process\/|\w+\.js)/);
  });

  test("loads neither Pulumi nor zod nor a Redis client for an application", () => {
    const loaded = node(
      `require("redis-topology/client"); console.log(Object.keys(require.cache).join("\\n"))`,
    );
    expect(loaded).toContain("redis-topology/dist/client/index.js");
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

  test.each([
    ["@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js", "commonjs", "node"],
    ...["typescript5", "typescript"].flatMap((compiler) => [
      [compiler, "commonjs", "node10"],
      [compiler, "node16", "node16"],
      [compiler, "nodenext", "nodenext"],
      [compiler, "esnext", "bundler"],
    ]),
  ])(
    "is found, with every backend, by %s with module %s, moduleResolution %s",
    (compiler, module, resolution) => {
      for (const name of ["@pulumi/aws", "@pulumi/docker", "@pulumi/kubernetes", "@pulumi/random"])
        link(folder, name);
      expect(faults(folder, path.join(repository, "node_modules", compiler), module, resolution)).toEqual([]);
    },
  );

  test("has its day-two commands in a package beside it", () => {
    const command = path.join(folder, "node_modules/@redis-topology/cli/bin/redis-topology.js");
    const help = execFileSync(process.execPath, [command, "--help"], { cwd: folder, encoding: "utf8" });
    expect(help).toContain("verify");
    expect(help).toContain("env");
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

/** What a compiler has against the package in a program that imports all of it; other packages' own faults are theirs. */
function faults(folder: string, compiler: string, module: string, moduleResolution: string): string[] {
  const subpaths = [
    "",
    "/create",
    "/connect",
    "/redis",
    "/client",
    ...Object.values(BackendName).map((name) => `/${name}`),
  ];
  const program = subpaths.map((subpath, index) => `import * as m${index} from "redis-topology${subpath}";`);
  const uses = `export const all = [${subpaths.map((_, index) => `m${index}`).join(", ")}];`;
  writeFileSync(path.join(folder, "all.ts"), [...program, uses].join("\n"));
  const ts = require(compiler);
  const old = ts.version.startsWith("3.");
  const compilerOptions = {
    ...{ module, moduleResolution, target: "es2020", strict: true, skipLibCheck: true, noEmit: true },
    // The declarations of today's Node are beyond the oldest compiler.
    types: old ? [] : ["node"],
    ...(ts.version.startsWith("6.") && { ignoreDeprecations: "6.0" }),
  };
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(
    { compilerOptions, files: ["all.ts"] },
    ts.sys,
    folder,
  );
  const found: Fault[] = [...errors, ...ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options))];
  return found
    .filter(({ file }) => !file || !/node_modules\/(?!redis-topology\/)/.test(file.fileName))
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
}

interface Fault {
  readonly file?: { readonly fileName: string };
  readonly messageText: unknown;
}
