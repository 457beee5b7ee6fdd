// Plain JavaScript with Node's own modules only: this runs before anything is installed.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** From here on CommonJS may require ES modules, which the Kubernetes client is. */
const OLDEST_NODE = "20.19";
const repository = dirname(dirname(fileURLToPath(import.meta.url)));

function stop(message) {
  console.error(`\nerror: ${message}`);
  process.exit(1);
}

function changed(file) {
  return statSync(join(repository, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function installDependencies() {
  if (changed("node_modules/.package-lock.json") >= changed("package-lock.json")) return;
  console.error("Installing the npm dependencies (npm ci, up to a minute) …");
  const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: repository,
    stdio: "inherit",
  });
  if (error)
    stop(`npm could not be started (${error.message}). Install Node ${OLDEST_NODE} or newer with npm.`);
  if (status !== 0)
    stop("`npm ci` failed; its own message is above. Run the same command again when it is solved.");
}

function isOlder(version, than) {
  const [[major, minor], [leastMajor, leastMinor]] = [version, than].map((text) =>
    text.split(".").map(Number),
  );
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

if (isOlder(process.versions.node, OLDEST_NODE))
  stop(`Node ${OLDEST_NODE} or newer is needed; this is ${process.version}. Install one from nodejs.org.`);
installDependencies();
const require = createRequire(import.meta.url);
require("./transpile.cjs");
const [step, ...args] = process.argv.slice(2);
require(`./${step}.ts`).main(args);
