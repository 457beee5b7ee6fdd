import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Manifest } from "./published";
import { published } from "./published";

/** `npm run pack`: compiles `components/` and makes the package that other programs install; prints its path. */
const components = path.resolve(__dirname, "../components");
const target = path.resolve(process.argv[2] ?? path.join(components, "../dist"));
const compiled = path.join(target, "package");

rmSync(compiled, { recursive: true, force: true });
mkdirSync(compiled, { recursive: true });
const compiler = require.resolve("typescript/bin/tsc");
execFileSync(process.execPath, [compiler, "--project", components, "--outDir", compiled], {
  stdio: "inherit",
});
const manifest: Manifest = JSON.parse(readFileSync(path.join(components, "package.json"), "utf8"));
writeFileSync(path.join(compiled, "package.json"), `${JSON.stringify(published(manifest), null, 2)}\n`);
const [{ filename }] = JSON.parse(
  execFileSync("npm", ["pack", compiled, "--pack-destination", target, "--json"], { encoding: "utf8" }),
);
console.log(path.join(target, filename));
