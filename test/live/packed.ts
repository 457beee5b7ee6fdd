import { execFileSync, execSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import * as path from "node:path";

const repository = path.resolve(__dirname, "../..");

export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { optional: boolean }>>;
}

/**
 * Packs `redis-topology` and the package with its commands, and unpacks both into a program's node_modules, with what
 * they must have beside them. Returns the manifest of the first.
 */
export function installPackage(folder: string): Manifest {
  const pack = `npm run pack --silent -- "${path.join(folder, "packed")}"`;
  const [components = "", cli = ""] = execSync(pack, { cwd: repository, encoding: "utf8" }).split("\n");
  unpack(cli, folder, "@redis-topology/cli");
  return unpack(components, folder, "redis-topology");
}

function unpack(tarball: string, folder: string, name: string): Manifest {
  const installed = path.join(folder, "node_modules", name);
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
  const manifest: Manifest = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const peers = Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta?.[peer]?.optional);
  const others = [...Object.keys(dependencies), ...peers].filter((other) => other !== "redis-topology");
  for (const other of others) link(folder, other);
  return manifest;
}

/** Everything else that is installed here, so that a copied package finds what it needs. */
export function linkRest(folder: string): void {
  for (const name of readdirSync(path.join(repository, "node_modules"))) {
    if (name.startsWith(".") || name === "redis-topology" || name === "@redis-topology") continue;
    if (!name.startsWith("@")) link(folder, name);
    else
      for (const inner of readdirSync(path.join(repository, "node_modules", name)))
        link(folder, `${name}/${inner}`);
  }
}

/** Stands in for `npm install` of what is installed here already. */
export function link(folder: string, name: string, as = name): void {
  const place = path.join(folder, "node_modules", as);
  if (existsSync(place)) return;
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(path.join(repository, "node_modules", name), place);
}
