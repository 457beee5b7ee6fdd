// Required before this repository's TypeScript: has it transpiled by swc, and keeps the result. Pulumi's own ts-node
// needs some 15 ms for every file that it has not seen before, and Pulumi's dynamic provider process knows no
// TypeScript at all. docs/adr/0041-cost-of-a-run.md has the numbers, and what else was tried.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const sourceMapSupport = require("source-map-support");
const { version } = require("@swc/core/package.json");

/** Beside what npm installs: nobody else may write there, and `npm ci` empties it. */
const CACHE = path.join(__dirname, "..", "node_modules", ".cache", "redis-topology");

const OPTIONS = {
  swcrc: false,
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  module: { type: "commonjs" },
  sourceMaps: "inline",
};
const CONDITIONS = `${version} ${JSON.stringify(OPTIONS)}`;

/** What runs, by file; its source map leads stack traces back to the TypeScript beside it. */
const transpiled = new Map();

require.extensions[".ts"] = (module, file) => {
  const source = readFileSync(file, "utf8");
  const key = createHash("sha256").update(`${CONDITIONS} ${path.basename(file)}\n${source}`).digest("hex");
  const code = kept(`${key}.js`) ?? keep(`${key}.js`, transpile(source, file));
  transpiled.set(file, code);
  module._compile(code, file);
};
sourceMapSupport.install({ environment: "node", retrieveFile: (file) => transpiled.get(file) ?? null });

function transpile(source, filename) {
  // Loaded only here: 10 MB of machine code that most runs do not need.
  const sourceFileName = path.basename(filename);
  return require("@swc/core").transformSync(source, { ...OPTIONS, filename, sourceFileName }).code;
}

function kept(name) {
  try {
    return readFileSync(path.join(CACHE, name), "utf8");
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
