import { rmSync } from "node:fs";
import { buildCli } from "./build";
import { noCli } from "./choose";
import { downloadCli } from "./download";
import { Failure, say } from "./failure";
import { installedCli, refuseForeignCli } from "./find";
import { alone } from "./lock";
import type { Env } from "./paths";
import { versionFolder } from "./paths";
import { PULUMI_VERSION } from "./version";

/** Gets the CLI into the versions folder, by the first way that works. */
export async function getCli(ways: ("download" | "build")[], env: Env): Promise<string> {
  const folder = versionFolder(env);
  refuseForeignCli(env);
  // What is made here must pass the same judgement next time, also where the user's umask is 000.
  process.umask(process.umask() | 0o022);
  const waiting = (who: string) => say(`Another run (${who}) is getting the Pulumi CLI; waiting for it …`);
  return alone(`${folder}.lock`, waiting, async () => {
    const already = installedCli(env);
    if (already) return already;
    // The launcher of npm takes a folder that is there for a finished download.
    rmSync(folder, { recursive: true, force: true });
    const tried: string[] = [];
    for (const way of ways) {
      const problem = way === "download" ? await downloadCli(folder, env) : await buildCli(folder, env);
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
