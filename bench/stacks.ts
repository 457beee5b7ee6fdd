import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { installStandIns } from "../test/stand-ins";
import { type Comparison, compare } from "./compare";

const REPOSITORY = path.resolve(__dirname, "..");

/** A stack file for each backend whose provider is a plugin; the base is in `programs/` under the backend's name. */
const STACKS = {
  docker: "Pulumi.dev.yaml",
  kubernetes: "Pulumi.prod.yaml",
  elasticache: "Pulumi.prod-aws.yaml",
  lightsail: "Pulumi.lightsail.yaml",
};

/**
 * What a preview of the other backends costs, against one resource of each provider. The plugins are stand-ins that
 * take anything: they are on both sides, and no account, engine or cluster is needed.
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
      Object.entries(STACKS).map(([backend, file]): Comparison => {
        const config = readFileSync(path.join(REPOSITORY, file), "utf8");
        const base = { name: `one resource each (${backend})`, folder: `bench/programs/${backend}` };
        return [
          { name: `this program, ${backend}`, folder: ".", config, plugins, env },
          { ...base, plugins, env },
        ];
      }),
    );
  } finally {
    dockerEngine.close();
    rmSync(folder, { recursive: true });
  }
}
