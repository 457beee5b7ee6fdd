import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { json } from "node:stream/consumers";

/** A cluster that has nothing but an identity. */
export interface StandInCluster {
  readonly server: string;
  /** What becomes of every pod; may be changed. */
  podStatus: object;
  close(): void;
}

/**
 * Answers as an API server with an empty cluster does, in which every pod succeeds at once, unless told otherwise.
 * `existing`: what is there all the same, by its path.
 */
export async function emptyCluster(
  uid: string,
  existing: Readonly<Record<string, object>> = {},
): Promise<StandInCluster> {
  const objects = new Map<string, object>();
  const cluster: StandInCluster = {
    server: "",
    podStatus: { phase: "Succeeded" },
    close: () => server.close(),
  };
  objects.set("/api/v1/namespaces/kube-system", { metadata: { name: "kube-system", uid } });
  for (const [url, object] of Object.entries(existing)) objects.set(url, object);
  const server = createServer(async (request, response) => {
    const [url = ""] = (request.url ?? "").split("?");
    if (request.method === "POST") {
      const pod = (await json(request)) as { metadata: { name: string } };
      objects.set(`${url}/${pod.metadata.name}`, { ...pod, status: cluster.podStatus });
    }
    const known = objects.get(url) ?? (request.method === "POST" ? {} : undefined);
    if (request.method === "DELETE") objects.delete(url);
    response.writeHead(known ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify(known ?? { code: 404 }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return Object.assign(cluster, { server: `http://127.0.0.1:${port}` });
}

/** Writes a kubeconfig in which these contexts lead to this cluster; returns its path. */
export function writeKubeconfig(
  folder: string,
  contexts: readonly string[],
  { server }: StandInCluster,
): string {
  const file = path.join(folder, "kubeconfig");
  const context = { cluster: "stand-in", user: "nobody" };
  const config = {
    contexts: contexts.map((name) => ({ name, context })),
    clusters: [{ name: "stand-in", cluster: { server } }],
    users: [{ name: "nobody", user: {} }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}
