import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import * as path from "node:path";

/** `npm run pack`: makes the packages that other programs install, `redis-topology` and its commands; prints their paths. */
const repository = path.resolve(__dirname, "..");
const target = path.resolve(process.argv[2] ?? path.join(repository, "dist"));

mkdirSync(target, { recursive: true });
const packed = execFileSync(
  "npm",
  ["pack", "--workspace", "components", "--workspace", "cli", "--pack-destination", target, "--json"],
  { cwd: repository, encoding: "utf8" },
);
for (const { filename } of JSON.parse(packed) as { filename: string }[])
  console.log(path.join(target, filename));
