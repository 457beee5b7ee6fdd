import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import type { BackendName } from "../../components/backends/registry";

const root = resolve(__dirname, "../..");
const NAME = /^Pulumi\.(.+)\.yaml$/;

/** A stack file as the engine hands it to the program; encrypted values become readable ones. */
export interface StackFile {
  /** Path from the root. */
  readonly path: string;
  readonly stack: string;
  readonly backend: BackendName;
  readonly config: Record<string, string>;
  readonly secretKeys: string[];
}

/** Every stack file of the repository: the program's own, and those of the systems it replaces. */
export function stackFiles(): StackFile[] {
  return [root, resolve(root, "examples/systems")].filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: folder !== root, encoding: "utf8" })
      .filter((file) => NAME.test(file.split("/").at(-1) ?? ""))
      .map((file) => readStack(resolve(folder, file))),
  );
}

function readStack(file: string): StackFile {
  const secretKeys: string[] = [];
  const config: Record<string, string> = {};
  const parsed = parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> };
  for (const [key, value] of Object.entries(parsed.config ?? {})) {
    const text = JSON.stringify(value, (name, inner) => {
      if (typeof inner !== "object" || inner === null || !("secure" in inner)) return inner;
      secretKeys.push(key);
      const secret = "a-decrypted-secret-of-the-stack-file";
      return name === "url" ? `rediss://default:${secret}@host.example:6380` : secret;
    });
    config[key] = typeof value === "string" ? value : text.startsWith('"') ? JSON.parse(text) : text;
  }
  const backend = (config["redis-topology:backend"] ?? "process") as BackendName;
  const stack = NAME.exec(file.split("/").at(-1) ?? "")?.[1] ?? "";
  return { path: file.slice(root.length + 1), stack, backend, config, secretKeys };
}
