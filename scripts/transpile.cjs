// Required before this repository's TypeScript: has it transpiled by sucrase, and keeps the result. Pulumi's own ts-node
// needs some 12 ms for every file that it has not seen before, and Pulumi's dynamic provider process knows no
// TypeScript at all. docs/adr/0041-cost-of-a-run.md has the numbers, and what else was tried.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const { version } = require("sucrase/package.json");

/** Beside what npm installs: nobody else may write there, and `npm ci` empties it. */
const CACHE = path.join(__dirname, "..", "node_modules", ".cache", "redis-topology", "transpiled");

const OPTIONS = { transforms: ["typescript", "imports"], disableESTransforms: true };
const CONDITIONS = `${version} ${JSON.stringify(OPTIONS)}`;

require.extensions[".ts"] = (module, file) => {
  const source = readFileSync(file, "utf8");
  const name = `${createHash("sha256").update(`${CONDITIONS}\n${source}`).digest("hex")}.js`;
  module._compile(kept(name) ?? keep(name, transpile(source, file)), file);
};

// Sucrase leaves every line where it is, so stack traces are right as they are. ts-node would look each frame up in
// source maps, and Pulumi takes a stack trace for every property of every resource: 0.3 s with forty resources.
Error.prepareStackTrace = undefined;

function transpile(source, filePath) {
  // Loaded only here: most runs have nothing to transpile.
  return require("sucrase").transform(source, { ...OPTIONS, filePath }).code;
}

function kept(name) {
  try {
    // A crash or a full disk can leave an empty file behind.
    return readFileSync(path.join(CACHE, name), "utf8") || undefined;
  } catch {
    return undefined;
  }
}

/** By way of another name, since a program and its provider may transpile the same file at the same time. */
function keep(name, code) {
  const unfinished = path.join(CACHE, `${name}.${process.pid}`);
  try {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, path.join(CACHE, name));
  } catch {
    // A read-only installation is transpiled anew in every run.
  }
  return code;
}
