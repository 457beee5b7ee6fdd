import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";

const REPOSITORY = path.resolve(__dirname, "..");
const PRELOAD = path.join(__dirname, "peak.cjs");
const STACK = "bench";

/** One Pulumi program to preview. */
export interface Program {
  readonly name: string;
  /** Folder of its Pulumi.yaml, relative to the repository. */
  readonly folder: string;
  /** The stack's configuration, as the text of a stack file. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What one preview took; CPU time and memory are those of the Node process that runs the program. */
export interface Usage {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** A state backend, stack files and compile caches that are nobody else's, and gone at the end. */
export class Workbench {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "redis-topology-bench-"));
  private readonly cli = findCli();
  private coldCaches = 0;

  /** Previews a program whose compile cache is filled already (a run before it has to). */
  warm(program: Program): Usage {
    return this.preview(program, path.join(this.folder, "cache"));
  }

  /** Previews a program with nothing compiled: Pulumi's ts-node keeps its cache in the temporary folder. */
  cold(program: Program): Usage {
    this.coldCaches += 1;
    return this.preview(program, path.join(this.folder, `cold-${this.coldCaches}`));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private preview(program: Program, temporaryFolder: string): Usage {
    mkdirSync(temporaryFolder, { recursive: true });
    const usageFile = path.join(temporaryFolder, "usage.json");
    const args = ["preview", "--stack", STACK, "--config-file", this.stackFile(program)];
    const started = process.hrtime.bigint();
    this.pulumi([...args, "--non-interactive", "--skip-plugin-pre-install"], program, {
      TMPDIR: temporaryFolder,
      NODE_OPTIONS: `--require ${PRELOAD}`,
      BENCH_USAGE_FILE: usageFile,
    });
    const wallSeconds = Number(process.hrtime.bigint() - started) / 1e9;
    const { peakKib, cpuSeconds } = JSON.parse(readFileSync(usageFile, "utf8"));
    rmSync(usageFile);
    return { wallSeconds, cpuSeconds, peakBytes: peakKib * 1024 };
  }

  /** The stack's file, made with its stack on first use; never in the program's own folder. */
  private stackFile(program: Program): string {
    const folder = path.join(this.folder, "stacks", program.name.replaceAll(/\W/g, "-"));
    const file = path.join(folder, `Pulumi.${STACK}.yaml`);
    if (existsSync(file)) return file;
    mkdirSync(folder, { recursive: true });
    const project = readFileSync(path.join(REPOSITORY, program.folder, "Pulumi.yaml"), "utf8");
    writeFileSync(path.join(folder, "Pulumi.yaml"), project);
    writeFileSync(file, program.config ?? "");
    this.pulumi(["stack", "init", STACK], { ...program, folder }, {});
    return file;
  }

  private pulumi(args: readonly string[], program: Program, env: Readonly<Record<string, string>>): void {
    const state = path.join(this.folder, "state", program.name.replaceAll(/\W/g, "-"));
    mkdirSync(state, { recursive: true });
    const { status, stdout, stderr } = spawnSync(this.cli, args, {
      cwd: path.resolve(REPOSITORY, program.folder),
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${path.dirname(this.cli)}${path.delimiter}${process.env.PATH}`,
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE: "bench",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // Also for language hosts that are too old to hand on `runtime.options.tsconfig`; for every program alike.
        PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        ...program.env,
        ...env,
      },
    });
    if (status !== 0)
      throw new Error(`${program.name}: pulumi ${args.join(" ")} failed:\n${stdout}${stderr}`);
  }
}

/** The CLI itself, and not this repository's launcher in node_modules/.bin, whose start would be timed with it. */
function findCli(): string {
  const onPath = (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => !folder.includes(path.join("node_modules", ".bin")));
  const versions = path.join(process.env.PULUMI_HOME || path.join(homedir(), ".pulumi"), "versions");
  const installed = existsSync(versions)
    ? readdirSync(versions).map((version) => path.join(versions, version, "bin"))
    : [];
  const found = [...onPath, ...installed]
    .map((folder) => path.join(folder, "pulumi"))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error("No Pulumi CLI here yet. `npm start` gets one.");
  return found;
}
