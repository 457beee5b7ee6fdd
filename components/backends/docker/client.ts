import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { homedir } from "node:os";
import * as path from "node:path";
import { Duplex } from "node:stream";
import Docker from "dockerode";
import { parseAddress } from "./address";

/** Where the Docker provider looks for the engine; without `host`, in its own defaults. */
export interface EngineAccess {
  host?: string;
  certPath?: string;
  sshOptions?: string[];
}

/** A client of the engine that the Docker provider uses. */
export function engineClient(access: EngineAccess): Docker {
  const written = access.host ?? (process.env.DOCKER_HOST || contextHost());
  // Its own defaults are the local socket or pipe.
  if (written === undefined) return new Docker();
  const address = parseAddress(written);
  if (address === undefined) throw new Error("DOCKER_HOST, or the context: not the address of an engine.");
  const { scheme, path: socketPath, machine, port } = address;
  if (socketPath !== undefined) return new Docker({ socketPath });
  if (scheme === "ssh") return overSsh(written, access.sshOptions ?? []);
  const folder = access.certPath ?? process.env.DOCKER_CERT_PATH;
  const read = (file: string) => (folder ? readFileSync(path.join(folder, file)) : undefined);
  const tls = folder && { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
  return new Docker({ host: machine, port, protocol: tls ? "https" : "http", ...tls });
}

/** The host of the context that `DOCKER_CONTEXT` names (docker/cli, cli/context/store: a folder by the name's hash). */
function contextHost(): string | undefined {
  const name = process.env.DOCKER_CONTEXT;
  if (!name || name === "default") return undefined;
  const folder = process.env.DOCKER_CONFIG ?? path.join(homedir(), ".docker");
  const hash = createHash("sha256").update(name).digest("hex");
  const meta = JSON.parse(readFileSync(path.join(folder, "contexts", "meta", hash, "meta.json"), "utf8"));
  return meta.Endpoints.docker.Host;
}

/** As the provider does it: the engine's machine speaks HTTP on the standard streams of a command there. */
function overSsh(host: string, options: readonly string[]): Docker {
  const { username, hostname, port } = new URL(host);
  const to = [...(username ? ["-l", username] : []), ...(port ? ["-p", port] : []), "--", hostname];
  const agent = new Agent();
  agent.createConnection = () => {
    const child = spawn("ssh", [...options, ...to, "docker", "system", "dial-stdio"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    return Duplex.from({ readable: child.stdout, writable: child.stdin });
  };
  return new Docker({ host: "docker", port: 80, protocol: "http", agent } as Docker.DockerOptions);
}
