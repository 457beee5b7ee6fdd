import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { pulumiCli } from "../../dev/launcher";

const STACK = "live";

/** The real engine on any program, with its state in the program's folder. */
export class PulumiProgram {
  private constructor(
    private readonly folder: string,
    private readonly cli: string,
  ) {}

  /** Makes the stack `live` of the program in this folder, with this configuration (keys without namespace). */
  static async open(
    folder: string,
    config: Readonly<Record<string, string | number>>,
  ): Promise<PulumiProgram> {
    const program = new PulumiProgram(folder, await pulumiCli());
    mkdirSync(path.join(folder, "state"));
    await program.run("stack", "init", STACK);
    for (const [key, value] of Object.entries(config)) await program.run("config", "set", key, String(value));
    return program;
  }

  up(): Promise<string> {
    return this.run("up", "--yes", "--skip-preview");
  }

  destroy(): Promise<string> {
    return this.run("destroy", "--yes", "--skip-preview");
  }

  async outputs<T>(): Promise<T> {
    return JSON.parse(await this.run("stack", "output", "--json", "--show-secrets"));
  }

  /** Runs a command, which must succeed; returns what it printed. */
  async run(...args: string[]): Promise<string> {
    const child = spawn(this.cli, [...args, ...(args[1] === "init" ? [] : ["--stack", STACK])], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PULUMI_BACKEND_URL: `file://${path.join(this.folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "of the live tests",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
      },
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const code = child.exitCode ?? (await new Promise((resolve) => child.once("close", resolve)));
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
