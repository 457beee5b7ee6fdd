// Plain JavaScript with Node's own modules only: this runs before anything is installed or compiled.
const { spawnSync } = require("node:child_process");
const { statSync } = require("node:fs");
const { dirname, join } = require("node:path");

/** From here on CommonJS may require ES modules, which the Kubernetes client is. */
const OLDEST_NODE = "20.19";
const repository = dirname(__dirname);
/** Verbs for people who work on this repository, run from their sources. */
const TOOLS = { schema: "tools/schema.ts", pack: "tools/pack.ts", bench: "bench/index.ts" };

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
    stdio: ["ignore", 2, 2],
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
if (!require("./build.cjs").build()) stop("The sources do not compile; the compiler's own words are above.");
const [verb, ...args] = process.argv.slice(2);
const tool = TOOLS[verb];
if (tool === undefined) require(`./dist/${verb}.js`).main(args);
else {
  // tsx's cache lies in the temporary folder, under a name that can be guessed, and what lies there is run.
  const { status } = spawnSync(process.execPath, ["--require", "tsx/cjs", join(repository, tool), ...args], {
    stdio: "inherit",
    env: { ...process.env, TSX_DISABLE_CACHE: "1" },
  });
  process.exitCode = status ?? 1;
}
