import { execFileSync } from "node:child_process";

/** Whether an engine answers on this machine; asked through its own client, since a test file cannot wait before it is collected. */
export function engineVersion(): string | undefined {
  try {
    return execFileSync("docker", ["version", "--format", "{{.Server.Version}}"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}
