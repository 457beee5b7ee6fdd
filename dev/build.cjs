// Plain JavaScript with Node's own modules only: it decides whether the TypeScript has to be compiled.
const { spawnSync } = require("node:child_process");
const { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const repository = path.dirname(__dirname);
/** What `tsc -b` compiles; the program itself (index.ts, settings.ts, config/) is read by Pulumi as it is. */
const PROJECTS = ["components", "cli", "dev"];
/** Its time is that of the last build. */
const STAMP = path.join(repository, "components", "dist", "built");

const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** When the newest source was written; some three hundred looks, in a few milliseconds. */
function newest(folder) {
  let time = 0;
  if (!existsSync(folder)) return time;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== "dist" && entry.name !== "node_modules") time = Math.max(time, newest(file));
    } else if (/\.ts$|^tsconfig.*\.json$/.test(entry.name)) time = Math.max(time, timeOf(file));
  }
  return time;
}

/** Whether a source is newer than what was compiled from it. */
function isStale() {
  const built = timeOf(STAMP);
  return PROJECTS.some((project) => newest(path.join(repository, project)) > built);
}

/** Compiles what has changed; without a change the compiler is not even started. Returns whether all is well. */
function build() {
  if (!isStale()) return true;
  console.error("Compiling …");
  const started = new Date();
  const compiler = require.resolve("typescript/bin/tsc");
  const { status } = spawnSync(
    process.execPath,
    [compiler, "-b", path.join(repository, "tsconfig.build.json")],
    { stdio: "inherit" },
  );
  if (status !== 0) return false;
  mkdirSync(path.dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, started.toISOString());
  // A source that was saved while the compiler ran is newer than the build.
  utimesSync(STAMP, started, started);
  return true;
}

module.exports = { build, isStale };

if (require.main === module) process.exitCode = build() ? 0 : 1;
