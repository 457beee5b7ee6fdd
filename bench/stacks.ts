import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { PLUGIN_STACKS, surroundings } from "../test/stand-ins";
import type { Comparison } from "./compare";
import { compare } from "./compare";
import type { Program } from "./preview";

const REPOSITORY = path.resolve(__dirname, "..");

/** How many resources each stack makes. */
const RESOURCES = { docker: 14, kubernetes: 34, elasticache: 38, lightsail: 3 } as const;
const BACKENDS = Object.keys(RESOURCES) as (keyof typeof RESOURCES)[];

/**
 * What a preview of the other backends costs, against a bare program with one resource of each provider, and with as
 * many resources as the stack has. The plugins are stand-ins that take anything: they are on both sides, and no account,
 * engine or cluster is needed.
 */
export async function stacks(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "redis-topology-stacks-"));
  const { env, close } = await surroundings(folder);
  try {
    return await compare(
      BACKENDS.flatMap((backend): Comparison[] => {
        const config = readFileSync(path.join(REPOSITORY, PLUGIN_STACKS[backend]), "utf8");
        const stack: Program = { name: `this program, ${backend}`, folder: ".", config, env };
        const bare = (name: string, count: number): Program => ({
          name: `bare (${backend}), ${name}`,
          folder: `bench/programs/${backend}`,
          env: { ...env, BENCH_RESOURCES: String(count) },
        });
        return [
          [stack, bare("one resource each", 1)],
          [stack, bare("as many resources", RESOURCES[backend])],
        ];
      }),
    );
  } finally {
    close();
    rmSync(folder, { recursive: true });
  }
}
