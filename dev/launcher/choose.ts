import { atLeast, OLDEST_USABLE, PULUMI_VERSION } from "./version";

export interface Found {
  path: string;
  /** What `pulumi version` printed; empty when it could not be run. */
  version: string;
}

export interface Facts {
  /** Every `pulumi` on PATH, in order, but for launchers in a node_modules/.bin. */
  onPath: Found[];
  /** The binary in the versions folder, when it is there with its language host. */
  installed: string | undefined;
  npm: boolean;
  go: boolean;
}

export type Choice =
  | { use: string; ignored: string[] }
  | { get: ("download" | "build")[]; ignored: string[] }
  | { error: string };

export function chooseCli(facts: Facts): Choice {
  const usable = facts.onPath.find((found) => atLeast(found.version, OLDEST_USABLE));
  const ignored = facts.onPath
    .slice(0, usable ? facts.onPath.indexOf(usable) : undefined)
    .map(
      ({ path, version }) =>
        `${path} is not used: it is ${version || "not a working CLI"}, and ${OLDEST_USABLE} or newer is needed.`,
    );
  if (usable) return { use: usable.path, ignored };
  if (facts.installed) return { use: facts.installed, ignored };

  const get: ("download" | "build")[] = [];
  if (facts.npm) get.push("download");
  if (facts.go) get.push("build");
  return get.length > 0
    ? { get, ignored }
    : { error: [...ignored, noCli(["npm and go are not on PATH"])].join("\n") };
}

export function noCli(tried: string[]): string {
  return [
    `The Pulumi CLI ${OLDEST_USABLE} or newer is needed and could not be got:`,
    ...tried.map((line) => `  - ${line}`),
    "Do one of these, then run the same command again:",
    "  - install the CLI from pulumi.com/docs/install (or `brew install pulumi/tap/pulumi`), so that `pulumi version` works;",
    `  - allow this machine to download it: \`npx --yes pulumi@${PULUMI_VERSION} version\` must work;`,
    "  - install Go from go.dev/dl, and it is built here from the Go module proxy in about five minutes.",
  ].join("\n");
}
