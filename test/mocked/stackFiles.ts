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

const SECRET = "a-decrypted-secret-of-the-stack-file";
/** A secret that a stack file leaves to its reader, as the comment at its top says. */
const TO_BE_SET = /^# .*pulumi config set --path --secret '([\w.]+)'/gm;

function readStack(file: string): StackFile {
  const source = readFileSync(file, "utf8");
  const secretKeys: string[] = [];
  const config: Record<string, string> = {};
  const parsed = parse(source) as { config?: Record<string, unknown> };
  const values = parsed.config ?? {};
  for (const [, path = ""] of source.matchAll(TO_BE_SET)) setSecret(values, path.split("."));
  for (const [key, value] of Object.entries(values)) {
    const text = JSON.stringify(value, (name, inner) => {
      if (typeof inner !== "object" || inner === null || !("secure" in inner)) return inner;
      secretKeys.push(key);
      return name === "url" ? `rediss://default:${SECRET}@host.example:6380` : SECRET;
    });
    config[key] = typeof value === "string" ? value : text.startsWith('"') ? JSON.parse(text) : text;
  }
  const backend = (config["redis-topology:backend"] ?? "process") as BackendName;
  const stack = NAME.exec(file.split("/").at(-1) ?? "")?.[1] ?? "";
  return { path: file.slice(root.length + 1), stack, backend, config, secretKeys };
}

function setSecret(config: Record<string, unknown>, [top = "", ...rest]: string[]): void {
  const key = `redis-topology:${top}`;
  let holder = config;
  for (const part of [key, ...rest.slice(0, -1)]) {
    holder[part] ??= {};
    holder = holder[part] as Record<string, unknown>;
  }
  holder[rest.at(-1) ?? ""] = { secure: "to be set" };
}
