import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, vi } from "vitest";

const BOOT = path.join(__dirname, "boot.sh");
const DRIVER = path.join(__dirname, "driver.cjs");
/** A user of the machine's own, whose systemd runs without a login. */
export const USER = "redis-topology-test";

const PATIENCE = { timeout: 60_000, interval: 100 };

/** What a call of the driver came to. */
export interface Answer<T> {
  readonly value: T;
  /** Everything it said on the way. */
  readonly said: string;
}

interface Driver {
  readonly process: ChildProcess;
  readonly answers: AsyncIterator<string>;
}

/**
 * A machine that systemd runs: a copy-on-write view of this one, in namespaces. What is written there is kept from
 * one boot to the next, in memory, and never reaches the host's disk.
 */
export class Machine {
  private readonly disk = mkdtempSync(path.join(tmpdir(), "redis-topology-machine-"));
  private readonly cgroup = `redis-topology-machine-${process.pid}`;
  private holder: ChildProcess | undefined;
  private booted: ChildProcess | undefined;
  private init = 0;
  private readonly drivers = new Map<string, Driver>();

  async boot(): Promise<void> {
    await this.hold();
    const join = `
      mkdir -p "$1/cgroup" && mount -t cgroup2 cgroup2 "$1/cgroup" && mkdir -p "$1/cgroup/$2" &&
      echo 0 > "$1/cgroup/$2/cgroup.procs" && umount "$1/cgroup" &&
      exec setpriv --pdeathsig KILL unshare -p -f -u -i -n -C --kill-child sh "$3" "$1"`;
    this.booted = spawn(
      "setpriv",
      [..."--pdeathsig KILL nsenter -m -t".split(" "), String(this.holder?.pid)].concat([
        "unshare",
        "-m",
        "sh",
        "-c",
        join,
        "sh",
        this.disk,
        this.cgroup,
        BOOT,
      ]),
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    // In a hook too, where there is no expect.poll.
    await vi.waitFor(() => expect(this.findInit()).toBeGreaterThan(1), PATIENCE);
    await vi.waitFor(() => expect(this.systemState()).toMatch(/^(running|degraded)$/), PATIENCE);
  }

  /** As `reboot` does it: every unit is stopped in order. */
  async reboot(): Promise<void> {
    await this.endDrivers();
    const ended = this.booted && once(this.booted, "exit");
    this.run("root", ["systemctl", "poweroff"]);
    await ended;
    await this.boot();
  }

  /** The power fails: everything is gone at once. */
  async powerCycle(): Promise<void> {
    await this.end();
    await this.boot();
  }

  /** Runs a command as that user; returns what it printed. Fails with what it said. */
  run(user: string, command: readonly string[], input = ""): string {
    const result = this.enter(user, command, input);
    if (result.status !== 0) throw new Error(`${command.join(" ")}: ${result.stdout}${result.stderr}`);
    return result.stdout;
  }

  /** Calls the provider, or Redis, as that user. Throws what it threw. */
  async call<T>(user: string, name: string, ...args: unknown[]): Promise<Answer<T>> {
    const driver = this.drivers.get(user) ?? this.startDriver(user);
    driver.process.stdin?.write(`${JSON.stringify([name, ...args])}\n`);
    const { value, done } = await driver.answers.next();
    if (done) throw new Error("The driver has ended.");
    const answer = JSON.parse(value) as Answer<T> & { error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  async close(): Promise<void> {
    await this.end();
    const released = this.holder && once(this.holder, "exit");
    this.holder?.stdin?.end();
    await released;
    await removeCgroup(this.cgroup);
    rmdirSync(this.disk);
  }

  /** A mount namespace with the disk, for as long as this process lives. */
  private async hold(): Promise<void> {
    if (this.holder) return;
    const script =
      'mount --make-rprivate / && mount -t tmpfs -o mode=755 tmpfs "$1" && echo ready && exec cat';
    this.holder = spawn("unshare", ["-m", "sh", "-c", script, "sh", this.disk], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.holder.stdout) await once(this.holder.stdout, "data");
  }

  private async end(): Promise<void> {
    await this.endDrivers();
    if (this.booted === undefined || this.booted.exitCode !== null) return;
    const ended = once(this.booted, "exit");
    this.booted.kill("SIGKILL");
    await ended;
  }

  /** Before systemd stops every process: nsenter would stop as well, and never see them end. */
  private async endDrivers(): Promise<void> {
    for (const { process: driver } of this.drivers.values()) {
      const ended = once(driver, "exit");
      driver.stdin?.end();
      await ended;
    }
    this.drivers.clear();
  }

  private startDriver(user: string): Driver {
    const child = spawn("nsenter", this.command(user, [process.execPath, DRIVER]), {
      cwd: "/",
      stdio: ["pipe", "pipe", "inherit"],
    });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const driver = { process: child, answers };
    this.drivers.set(user, driver);
    return driver;
  }

  private enter(user: string, command: readonly string[], input: string) {
    return spawnSync("nsenter", this.command(user, command), { encoding: "utf8", input, cwd: "/" });
  }

  private command(user: string, command: readonly string[]): string[] {
    const environment = {
      PATH: process.env.PATH,
      HOME: user === "root" ? "/root" : `/home/${user}`,
      PULUMI_BACKEND_URL: "file:///srv/state",
    };
    const pairs = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const as = user === "root" ? [] : ["runuser", "-u", user, "--"];
    return ["-t", String(this.init), "-a", ...as, "env", "-i", ...pairs, ...command];
  }

  private systemState(): string {
    return this.enter("root", ["systemctl", "is-system-running"], "").stdout.trim();
  }

  /** Its first process, as this machine numbers it, once it is systemd. */
  private findInit(): number {
    const pid = this.booted?.pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    const child = Number(children[0]);
    if (child > 1 && readFileSync(`/proc/${child}/comm`, "utf8").trim() === "systemd") this.init = child;
    else this.init = 0;
    return this.init;
  }
}

/** A booted machine for a test file, with a user who lingers. */
export function machineForTests(): Machine {
  const machine = new Machine();
  beforeAll(async () => {
    await machine.boot();
    machine.run("root", ["useradd", "--create-home", USER]);
    machine.run("root", ["loginctl", "enable-linger", USER]);
  });
  afterAll(() => machine.close());
  return machine;
}

/** The last process of a machine that was killed takes a moment to leave it. */
async function removeCgroup(name: string): Promise<void> {
  const mount = mkdtempSync(path.join(tmpdir(), "redis-topology-cgroup-"));
  execFileSync("mount", ["-t", "cgroup2", "cgroup2", mount]);
  try {
    await vi.waitFor(() => removeFolders(path.join(mount, name)), PATIENCE);
  } finally {
    execFileSync("umount", [mount]);
    rmdirSync(mount);
  }
}

function removeFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeFolders(path.join(folder, entry.name));
  }
  rmdirSync(folder);
}
