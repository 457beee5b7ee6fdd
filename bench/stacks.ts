import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { installStandIns } from "../test/stand-ins";
import { type Comparison, compare } from "./compare";
import type { Program } from "./preview";

const REPOSITORY = path.resolve(__dirname, "..");

/** For each backend whose provider is a plugin, a stack file and how many resources it makes. */
const STACKS: readonly (readonly [backend: string, file: string, resources: number])[] = [
  ["docker", "Pulumi.dev.yaml", 14],
  ["kubernetes", "Pulumi.prod.yaml", 31],
  ["elasticache", "Pulumi.prod-aws.yaml", 38],
  ["lightsail", "Pulumi.lightsail.yaml", 3],
];

/**
 * What a preview of the other backends costs, against a bare program with one resource of each provider, and with as
 * many resources as the stack has. The plugins are stand-ins that take anything: they are on both sides, and no account,
 * engine or cluster is needed.
 */
export async function stacks(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "redis-topology-stacks-"));
  const plugins = path.join(folder, "plugins");
  installStandIns(plugins);
  const socket = path.join(folder, "docker.sock");
  const dockerEngine = createServer().listen(socket);
  const env = {
    DOCKER_HOST: `unix://${socket}`,
    KUBECONFIG: path.join(REPOSITORY, "test/mocked/fixtures/kubeconfig.yaml"),
  };
  try {
    return await compare(
      STACKS.flatMap(([backend, file, resources]): Comparison[] => {
        const config = readFileSync(path.join(REPOSITORY, file), "utf8");
        const stack: Program = { name: `this program, ${backend}`, folder: ".", config, plugins, env };
        const bare = (name: string, count: number): Program => ({
          name: `bare (${backend}), ${name}`,
          folder: `bench/programs/${backend}`,
          plugins,
          env: { ...env, BENCH_RESOURCES: String(count) },
        });
        return [
          [stack, bare("one resource each", 1)],
          [stack, bare("as many resources", resources)],
        ];
      }),
    );
  } finally {
    dockerEngine.close();
    rmSync(folder, { recursive: true });
  }
}
