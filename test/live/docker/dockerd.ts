import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import Docker from "dockerode";
import { until } from "../clients";

/**
 * An engine beside the machine's own. It has a network namespace of its own: at its start, an engine without a bridge
 * removes docker0, which is the other's (20.10.24, initBridgeDriver). Up to version 20.10 an engine's id is that of the
 * key in /etc/docker, which all engines of a machine share; this one has a folder of its own there.
 */
export class SecondEngine {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "redis-topology-dockerd-"));
  readonly host = `unix://${this.folder}/docker.sock`;
  readonly docker = new Docker({ socketPath: path.join(this.folder, "docker.sock") });
  private daemon: ChildProcess | undefined;

  async start(): Promise<void> {
    const { folder } = this;
    mkdirSync(path.join(folder, "etc"), { recursive: true });
    const options = [
      ...["--data-root", `${folder}/data`, "--exec-root", `${folder}/exec`, "--pidfile", `${folder}/pid`],
      ...["--host", this.host, "--bridge", "none", "--iptables=false"],
    ];
    const script = 'mount --bind "$0/etc" /etc/docker && exec dockerd "$@"';
    const daemon = spawn("unshare", ["--mount", "--net", "sh", "-c", script, folder, ...options], {
      stdio: "ignore",
    });
    this.daemon = daemon;
    await until("the second engine answers", async () => {
      if (daemon.exitCode !== null) throw new Error(`dockerd ended with code ${daemon.exitCode}.`);
      return this.docker.ping().then(
        () => true,
        () => false,
      );
    });
  }

  async stop(): Promise<void> {
    const { daemon } = this;
    if (daemon?.exitCode !== null) return;
    daemon.kill();
    await once(daemon, "exit");
  }

  /** As another engine at the same address, which knows nothing of the first. */
  async makeAnew(): Promise<void> {
    await this.remove();
    await this.start();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
