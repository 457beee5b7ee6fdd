import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { pulumiCli } from "../dev/launcher";

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
  private coldCaches = 0;

  private constructor(private readonly cli: string) {}

  /** Runs the CLI itself, and not the launcher in node_modules/.bin, whose start would be timed with it. */
  static async open(): Promise<Workbench> {
    return new Workbench(await pulumiCli());
  }

  /** Previews a program whose compile cache is filled already (a run before it has to). */
  warm(program: Program): Usage {
    return this.preview(program, path.join(this.folder, "cache"));
  }

  /** Previews a program with nothing transpiled: Pulumi's ts-node keeps its cache in the temporary folder. */
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
        // What Pulumi.yaml says, also with a language host that is too old to hand it on; for every program alike.
        PULUMI_NODEJS_TSCONFIG_PATH: path.join(REPOSITORY, "tsconfig.pulumi.json"),
        ...program.env,
        ...env,
      },
    });
    if (status !== 0)
      throw new Error(`${program.name}: pulumi ${args.join(" ")} failed:\n${stdout}${stderr}`);
  }
}
