import { existsSync, readFileSync } from "node:fs";
import { setInterval } from "node:timers";
import type Docker from "dockerode";
import type { LiveMemory } from "../target";

/** Milliseconds between two looks; a fork that copies pages lives for hundreds. */
const INTERVAL = 20;

/**
 * Watches what a container's processes hold (without the page cache, which the kernel gives back), in the control
 * group of a container of this machine: `total_rss` in version 1, `anon` in version 2.
 */
export class MemoryWatch {
  private peak = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    file: string,
    field: RegExp,
    private readonly limit: number,
  ) {
    this.timer = setInterval(() => {
      const text = readIfThere(file);
      // Gone together with its container.
      if (text === undefined) return this.stop();
      this.peak = Math.max(this.peak, Number(field.exec(text)?.[1]));
    }, INTERVAL).unref();
  }

  static async of(container: Docker.Container): Promise<MemoryWatch> {
    const { Id, HostConfig, State } = await container.inspect();
    const limit = HostConfig.Memory ?? 0;
    const v1 = `/sys/fs/cgroup/memory/docker/${Id}/memory.stat`;
    if (existsSync(v1)) return new MemoryWatch(v1, /^total_rss (\d+)$/m, limit);
    const group = readFileSync(`/proc/${State.Pid}/cgroup`, "utf8").trim().replace(/^0::/, "");
    return new MemoryWatch(`/sys/fs/cgroup${group}/memory.stat`, /^anon (\d+)$/m, limit);
  }

  read(): LiveMemory {
    return { limit: this.limit, peak: this.peak };
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // ENODEV: removed between the opening and the reading.
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
