import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { say } from "./failure";
import type { Env } from "./paths";
import { devFolder } from "./paths";
import { tethered } from "./tether";
import { PULUMI_VERSION } from "./version";

const LDFLAGS = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`;
const FLAGS = ["-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", LDFLAGS];

/** Builds the CLI and its Node.js language host into `folder`/bin; resolves to what went wrong, if anything. */
export async function buildCli(folder: string, env: Env): Promise<string | undefined> {
  say(
    `Building the Pulumi CLI v${PULUMI_VERSION} from its Go modules: about five minutes on two cores, once …`,
  );
  for (const left of readdirSync(dirname(folder)).filter((name) =>
    name.startsWith(`${basename(folder)}.part-`),
  ))
    rmSync(join(dirname(folder), left), { recursive: true, force: true });
  const part = mkdtempSync(`${folder}.part-`);
  const clean = () => rmSync(part, { recursive: true, force: true });
  process.once("exit", clean);
  try {
    const bin = join(part, "bin");
    mkdirSync(bin);
    for (const [what, module] of [
      ["Node.js language host", "language-nodejs"],
      ["CLI", "cli"],
    ] as const) {
      const problem = await goBuild(what, join(devFolder, "launcher", "go", module), bin, env);
      if (problem) return problem;
    }
    copyDynamicProvider(bin);
    chmodSync(part, 0o755);
    rmSync(folder, { recursive: true, force: true });
    renameSync(part, folder);
    return undefined;
  } finally {
    process.off("exit", clean);
    clean();
  }
}

// Dynamic providers (the process backend is one) are run by this script, which must lie beside the CLI.
function copyDynamicProvider(bin: string): void {
  const name = "pulumi-resource-pulumi-nodejs";
  copyFileSync(join(dirname(require.resolve("@pulumi/pulumi/package.json")), name), join(bin, name));
  chmodSync(join(bin, name), 0o755);
}

function goBuild(what: string, module: string, bin: string, env: Env): Promise<string | undefined> {
  const started = Date.now();
  const goEnv = { ...env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "-mod=readonly" };
  const { child } = tethered("go", ["build", "-v", ...FLAGS, "-o", bin, "tool"], { cwd: module, env: goEnv });
  const other: string[] = [];
  let done = 0;
  const progress = () => say(`  ${what}: ${done} packages, ${Math.round((Date.now() - started) / 1000)} s`);
  const ticker = setInterval(progress, 10_000);
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => {
    // `-v` prints the import path of each package as it is compiled; anything else may be the error.
    if (/^\S+$/.test(line)) done++;
    else if (!line.startsWith("go: downloading ")) other.push(line);
  });
  return new Promise((resolve) => {
    const end = (problem?: string) => {
      clearInterval(ticker);
      progress();
      resolve(problem);
    };
    child.once("error", (error) => end(`build with go: ${error.message}`));
    child.once("close", (code, signal) => {
      if (code === 0) return end();
      end(
        `build with go: ${what}: ${other.slice(-5).join(" | ") || `ended with ${signal ?? `exit code ${code}`}`}`,
      );
    });
  });
}
