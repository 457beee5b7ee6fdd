import { execFileSync } from "node:child_process";

/**
 * The engine of this machine, if one answers; a virtual machine's (Docker Desktop) has its processes elsewhere.
 * Asked through its own client, since a test file cannot wait before it is collected.
 */
export function engineVersion(): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return execFileSync("docker", ["version", "--format", "{{.Server.Version}}"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}
