import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

/** One shape of an AWS API model: what a value must be. */
export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** Of a structure: shape by member. */
  readonly members?: Readonly<Record<string, string>>;
  /** Of a list. */
  readonly member?: string;
  /** Of a map. */
  readonly key?: string;
  readonly value?: string;
}

/** One service: the input shape of each operation, and the shapes by name. */
export interface Model {
  readonly inputs: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export type Models = Readonly<Record<string, Model>>;

const root = resolve(__dirname, "../..");
const script = resolve(root, "tools/aws-models.py");
const folder = resolve(root, "node_modules/.cache/aws-models");

/**
 * The API models, fetched once; undefined where Python, pip or the registry is not at hand, which is an error
 * where REDIS_TOPOLOGY_REQUIRE_LIVE=1 (as in CI).
 */
export function loadModels(): Models | undefined {
  const file = resolve(folder, "models.json");
  const wanted = /^BOTOCORE = "(.+)"$/m.exec(readFileSync(script, "utf8"))?.[1];
  try {
    if (!existsSync(file) || read(file).botocore !== wanted) execFileSync("python3", [script, folder]);
    return read(file).services;
  } catch (error) {
    if (process.env.REDIS_TOPOLOGY_REQUIRE_LIVE === "1") throw error;
    console.warn(`Skipped: AWS's API models cannot be had here: ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
}

function read(file: string): { botocore: string; services: Models } {
  return JSON.parse(readFileSync(file, "utf8"));
}
