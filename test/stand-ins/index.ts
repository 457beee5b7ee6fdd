import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

const PROVIDERS = ["aws", "docker", "kubernetes", "random"] as const;

/** Puts a stand-in for each provider's plugin into a folder; on PATH, the engine takes them in place of the plugins. */
export function installStandIns(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const script = path.join(__dirname, "plugin.cjs");
  for (const provider of PROVIDERS) {
    const file = path.join(folder, `pulumi-resource-${provider}`);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`, { mode: 0o755 });
  }
}
