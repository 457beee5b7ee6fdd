import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { pulumiCli } from "../../dev/launcher";
import { temporaryFolder } from "./servers";

const repository = path.resolve(__dirname, "../..");
const PROGRAM = ["index.ts", "settings.ts", "config", "components", "dev/build.cjs", "package.json"];
const PROJECT = ["Pulumi.yaml", "tsconfig.base.json", "tsconfig.pulumi.json", "examples/systems"];

/** What one command of the CLI printed, both streams in order, and how it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** The real engine on a copy of the program, with a state of its own. */
export class Engine {
  readonly folder = temporaryFolder();
  private readonly env: NodeJS.ProcessEnv;

  private constructor(
    private readonly cli: string,
    private readonly tsconfig: string,
  ) {
    for (const file of [...PROGRAM, ...PROJECT]) {
      cpSync(path.join(repository, file), path.join(this.folder, file), {
        recursive: true,
        // Or what is compiled would look older than its sources.
        preserveTimestamps: true,
        filter: (source) => !source.includes("node_modules"),
      });
    }
    symlinkSync(path.join(repository, "node_modules"), path.join(this.folder, "node_modules"));
    mkdirSync(path.join(this.folder, "state"));
    this.env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${path.join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "of the live tests",
      PULUMI_CONFIG_PASSPHRASE_FILE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Stack files are written anew; the salt of the passphrase stays in the state.
      PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
      // As Pulumi.yaml says; a language host that was built here is too old to hand it on.
      PULUMI_NODEJS_TSCONFIG_PATH: this.tsconfig,
      PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
    };
  }

  /**
   * An engine whose stack `live` exists and has this configuration (keys without namespace). `tsconfig`: by name, in the
   * folder of the program that is run.
   */
  static async start(config: Record<string, unknown>, tsconfig = "tsconfig.pulumi.json"): Promise<Engine> {
    const engine = new Engine(await pulumiCli(), tsconfig);
    engine.configure(config);
    await engine.succeed("stack", "init", "live");
    return engine;
  }

  /** As `cp -r` makes it: a clone with the same stack, its state and its data, in another folder. */
  copy(): Engine {
    return this.elsewhere((source, target) => cpSync(source, target, { recursive: true }));
  }

  /** As `mv` makes it. */
  move(): Engine {
    return this.elsewhere((source, target) => {
      rmSync(target, { recursive: true, force: true });
      renameSync(source, target);
    });
  }

  private elsewhere(bring: (source: string, target: string) => void): Engine {
    const other = new Engine(this.cli, this.tsconfig);
    for (const name of ["state", ".redis-topology", "Pulumi.live.yaml"]) {
      const source = path.join(this.folder, name);
      if (existsSync(source)) bring(source, path.join(other.folder, name));
    }
    return other;
  }

  /** Replaces the stack's configuration. */
  configure(config: Record<string, unknown>): void {
    const keys = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [`redis-topology:${key}`, value]),
    );
    writeFileSync(path.join(this.folder, "Pulumi.live.yaml"), stringify({ config: keys }));
  }

  /** Has the stack configured as a stack file of the repository says. */
  adopt(stackFile: string): void {
    cpSync(path.join(repository, stackFile), path.join(this.folder, "Pulumi.live.yaml"));
  }

  /** Runs a command; `watch` may follow the process and interrupt it. */
  async run(args: readonly string[], watch?: (pid: number) => Promise<void>): Promise<Outcome> {
    // A process group of its own, so that an interrupt reaches everything that a Ctrl-C in a terminal would.
    const child = spawn(this.cli, args, {
      cwd: this.folder,
      env: this.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    if (watch && child.pid !== undefined) await watch(child.pid);
    return { code: await ended, output };
  }

  /** Runs a command that must succeed; returns what it printed. */
  async succeed(...args: string[]): Promise<string> {
    const { code, output } = await this.run(args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  up(...args: string[]): Promise<string> {
    return this.succeed("up", "--yes", "--skip-preview", "--stack", "live", ...args);
  }

  /** An `up` that finds nothing to do. The preview is asked first: `up` itself checks only after it has applied. */
  async unchanged(): Promise<string> {
    await this.succeed("preview", "--expect-no-changes", "--stack", "live");
    return await this.up("--expect-no-changes");
  }

  async outputs(): Promise<StackOutputs> {
    return JSON.parse(await this.succeed("stack", "output", "--json", "--show-secrets", "--stack", "live"));
  }

  /** Destroys what is left; for afterAll. */
  async end(): Promise<void> {
    await this.run(["destroy", "--yes", "--skip-preview", "--stack", "live"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface StackOutputs {
  readonly cache?: ServerOutputs;
  readonly queue?: ServerOutputs;
  readonly env: Record<string, string>;
}

interface ServerOutputs {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}
