import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { say } from "./failure";
import { GUARD, isLauncher } from "./find";
import type { Env } from "./paths";
import { privateFolder } from "./private";
import { tethered } from "./tether";
import { PULUMI_INTEGRITY, PULUMI_VERSION } from "./version";

const PREFIX = ".download-";
const DOWNLOAD_LIMIT = 10 * 60_000;

/**
 * Gets the CLI into its versions folder by npm's official package; resolves to what went wrong, if anything. npm checks
 * the package against the hash that stands here before anything of it runs, in a folder that nobody else can write to.
 */
export async function downloadCli(folder: string, env: Env): Promise<string | undefined> {
  say(`Getting the Pulumi CLI v${PULUMI_VERSION} through npm (a download of some 100 MB, once) …`);
  // Left by a run that was killed: whoever is here holds the lock.
  for (const left of readdirSync(dirname(folder)).filter((name) => name.startsWith(PREFIX)))
    rmSync(join(dirname(folder), left), { recursive: true, force: true });
  const own = privateFolder(dirname(folder), PREFIX);
  const clean = () => rmSync(own, { recursive: true, force: true });
  process.once("exit", clean);
  try {
    writeFileSync(join(own, "package.json"), JSON.stringify(MANIFEST));
    writeFileSync(join(own, "package-lock.json"), JSON.stringify(LOCK));
    const children: Env = {
      ...env,
      [GUARD]: "1",
      PATH: pathWithoutLauncher(env),
      // The package writes its installation script to the temporary folder, under a name that can be guessed.
      TMPDIR: own,
      PULUMI_VERSION: undefined,
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", own];
    const problem =
      (await attempt("npm", npm, own, children)) ??
      (await attempt(process.execPath, ["node_modules/pulumi/run.js", "version"], own, children));
    return problem && `download through npm: ${problem}`;
  } finally {
    process.off("exit", clean);
    clean();
  }
}

const DEPENDENCIES = { dependencies: { pulumi: PULUMI_VERSION } };
const MANIFEST = { private: true, ...DEPENDENCIES };
/** Without addresses: the user's own registry serves the same file. */
const LOCK = {
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": DEPENDENCIES,
    "node_modules/pulumi": { version: PULUMI_VERSION, integrity: PULUMI_INTEGRITY },
  },
};

/** PATH without the folders in which `pulumi` is this launcher. */
export function pathWithoutLauncher(env: Env): string {
  return (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && !isLauncher(join(folder, "pulumi")))
    .join(delimiter);
}

/** Runs a program to its end; resolves to the last thing it said when it failed. */
async function attempt(file: string, args: string[], cwd: string, env: Env): Promise<string | undefined> {
  const { child, end } = tethered(file, args, { cwd, env });
  const timer = setTimeout(end, DOWNLOAD_LIMIT);
  const code = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  const said = child.stderr ? await text(child.stderr) : "";
  const ended = await code;
  clearTimeout(timer);
  end();
  if (ended === 0) return undefined;
  const lines = said.split("\n").filter((line) => line.trim() !== "" && !NOISE.test(line));
  return (
    lines
      .at(-1)
      ?.replace(/^npm error/, "")
      .trim() ?? `ended with ${ended === null ? "a signal" : `exit code ${ended}`}`
  );
}

const NOISE = /^npm (warn|notice|error A complete log)/;
