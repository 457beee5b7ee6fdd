import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import * as path from "node:path";
import { build } from "../dev/build.cjs";

/** `npm run pack`: makes the packages that other programs install, `redis-topology` and its commands; prints their paths. */
const repository = path.resolve(__dirname, "..");
const target = path.resolve(process.argv[2] ?? path.join(repository, "dist"));

// What was compiled of a source that is gone by now would be packed too.
for (const name of ["components", "cli"])
  rmSync(path.join(repository, name, "dist"), { recursive: true, force: true });
if (!build()) process.exit(1);
mkdirSync(target, { recursive: true });
const packed = execFileSync(
  "npm",
  ["pack", "--workspace", "components", "--workspace", "cli", "--pack-destination", target, "--json"],
  { cwd: repository, encoding: "utf8" },
);
for (const { filename } of JSON.parse(packed) as { filename: string }[])
  console.log(path.join(target, filename));
