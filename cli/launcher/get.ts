import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { buildCli } from "./build";
import { run } from "./child";
import { noCli } from "./choose";
import { Failure, say } from "./failure";
import { installedCli } from "./find";
import { alone } from "./lock";
import { type Env, versionFolder } from "./paths";
import { PULUMI_VERSION } from "./version";

/** Gets the CLI into the versions folder, by the first way that works. */
export function getCli(ways: ("download" | "build")[], env: Env): Promise<string> {
  const folder = versionFolder(env);
  const waiting = () => say("Another run is getting the Pulumi CLI; waiting for it …");
  return alone(`${folder}.lock`, waiting, async () => {
    const already = installedCli(env);
    if (already) return already;
    // The launcher of npm takes a folder that is there for a finished download.
    rmSync(folder, { recursive: true, force: true });
    const tried: string[] = [];
    for (const way of ways) {
      const problem = way === "download" ? await download(env) : await buildCli(folder, env);
      const got = installedCli(env);
      if (got) {
        say(`The Pulumi CLI v${PULUMI_VERSION} is in ${folder}.`);
        return got;
      }
      tried.push(problem ?? `${way}: ended without an error, but ${folder} is not complete`);
      say(`  ${tried.at(-1)}`);
    }
    throw new Failure(noCli(tried));
  });
}

const DOWNLOAD_LIMIT = 10 * 60_000;

async function download(env: Env): Promise<string | undefined> {
  say(`Getting the Pulumi CLI v${PULUMI_VERSION} through npm (a download of some 100 MB, once) …`);
  // Not from this folder: npx would look for the package among our workspaces first.
  const args = ["exec", "--yes", `--package=pulumi@${PULUMI_VERSION}`, "--", "pulumi", "version"];
  const { code, stderr } = await run("npm", args, {
    cwd: tmpdir(),
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    capture: true,
    timeout: DOWNLOAD_LIMIT,
  });
  if (code === 0) return undefined;
  const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("npm warn"));
  return `download through npm: ${lines.at(-1)?.trim() ?? `exit code ${code}`}`;
}
