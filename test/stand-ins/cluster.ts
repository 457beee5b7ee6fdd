import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

/** A cluster that has nothing but an identity. */
export interface StandInCluster {
  readonly server: string;
  close(): void;
}

/** Answers as an API server with an empty cluster does. */
export async function emptyCluster(uid: string): Promise<StandInCluster> {
  const server = createServer((request, response) => {
    const known = request.url === "/api/v1/namespaces/kube-system";
    response.writeHead(known ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify(known ? { metadata: { name: "kube-system", uid } } : { code: 404 }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { server: `http://127.0.0.1:${port}`, close: () => server.close() };
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
