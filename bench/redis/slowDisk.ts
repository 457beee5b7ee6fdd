import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** cgroup v1 throttles buffered writes of the root group, which the kernel's write-back belongs to; v2 has no limit there. */
const THROTTLE = "/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device";
const SIZE = 4 * 1024 ** 3;

/** A file system in a file that can be made slow: a loop device under the kernel's write throttle. */
export class SlowDisk {
  private constructor(
    readonly folder: string,
    private readonly parent: string,
    private readonly device: string,
  ) {}

  /** What is missing for one on this machine; undefined when nothing is. */
  static missing(): string | undefined {
    if (process.getuid?.() !== 0) return "root";
    return existsSync(THROTTLE) && existsSync("/dev/loop-control")
      ? undefined
      : "loop devices and the blkio controller of cgroup v1";
  }

  static mount(): SlowDisk {
    const parent = mkdtempSync(path.join(tmpdir(), "redis-topology-slow-"));
    const [image, folder] = [path.join(parent, "disk"), path.join(parent, "mounted")];
    run("truncate", "-s", String(SIZE), image);
    run("mkfs.ext4", "-q", image);
    const device = run("losetup", "-f", "--show", image);
    run("mkdir", folder);
    run("mount", device, folder);
    return new SlowDisk(folder, parent, device);
  }

  /** Limits what is written from now on; 0 = as fast as the disk below. */
  throttle(bytesPerSecond: number): void {
    const number = readFileSync(`/sys/block/${path.basename(this.device)}/dev`, "utf8").trim();
    writeFileSync(THROTTLE, `${number} ${bytesPerSecond}`);
  }

  unmount(): void {
    this.throttle(0);
    run("umount", this.folder);
    run("losetup", "-d", this.device);
    rmSync(this.parent, { recursive: true });
  }
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8" }).trim();
}
