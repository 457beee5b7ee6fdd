import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { subjects } from "../mocked/subjects";
import { emptyCluster, writeKubeconfig } from "./cluster";
import { emptyEngine } from "./dockerEngine";

const PROVIDERS = ["aws", "docker", "kubernetes", "random"] as const;

/** A stack file for each backend whose provider is a Pulumi plugin. */
export const PLUGIN_STACKS = {
  docker: "Pulumi.dev.yaml",
  kubernetes: "Pulumi.prod.yaml",
  elasticache: "Pulumi.prod-aws.yaml",
  lightsail: "Pulumi.lightsail.yaml",
} as const;

/** Surroundings in which those stacks run without their plugins, an engine, a cluster or an account. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** Puts a stand-in for each plugin into an existing folder, on PATH before any other; a socket answers for Docker, a port for Kubernetes, whose cluster holds `existing`. */
export async function surroundings(
  folder: string,
  existing: Readonly<Record<string, object>> = {},
): Promise<Surroundings> {
  const script = path.join(__dirname, "plugin.cjs");
  for (const provider of PROVIDERS) {
    const file = path.join(folder, `pulumi-resource-${provider}`);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`, { mode: 0o755 });
  }
  const socket = path.join(folder, "docker.sock");
  const dockerEngine = emptyEngine(socket);
  const cluster = await emptyCluster("uid-of-the-stand-in", existing);
  return {
    env: {
      ...Object.assign({}, ...Object.values(subjects).map(({ environment }) => environment)),
      KUBECONFIG: writeKubeconfig(folder, ["stage", "prod"], cluster),
      DOCKER_HOST: `unix://${socket}`,
      PATH: `${folder}${path.delimiter}${process.env.PATH}`,
    },
    close: () => {
      dockerEngine.close();
      cluster.close();
    },
  };
}
