import type { ChildProcess } from "node:child_process";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** Runs kubectl against the cluster of $KUBECONFIG; the error holds what it said. */
export function kubectl(args: readonly string[], input?: string): string {
  return execFileSync("kubectl", args, {
    encoding: "utf8",
    input,
    stdio: ["pipe", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Runs kubectl while the test goes on with what it does. */
export async function kubectlMeanwhile(args: readonly string[]): Promise<void> {
  await promisify(execFile)("kubectl", args);
}

/** One object; undefined when it is not there. */
export function find(namespace: string, kind: string, name: string): KubernetesObject | undefined {
  const text = kubectl(["-n", namespace, "get", kind, name, "--ignore-not-found", "-o", "json"]);
  return text === "" ? undefined : (JSON.parse(text) as KubernetesObject);
}

/** One object that must be there. */
export function get(namespace: string, kind: string, name: string): KubernetesObject {
  const found = find(namespace, kind, name);
  if (!found) throw new Error(`There is no ${kind} ${namespace}/${name}.`);
  return found;
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look into many kinds of objects
export type KubernetesObject = any;

/** Waits until `check` gives something; fails with `what` when it never does. */
export async function eventually<T>(what: string, check: () => T | Promise<T>, seconds = 90): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const value = await check();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await sleep(300);
  }
  throw new Error(`${what}: not in ${seconds} s${last ? `; last: ${(last as Error).message}` : ""}`);
}

/** A way from this machine to a port of a pod or Service; ends with `close`. */
export interface Forward {
  readonly port: number;
  close(): Promise<void>;
}

/** `kubectl port-forward`, which works against any cluster. */
export async function forward(
  namespace: string,
  target: string,
  port: number,
  localPort?: number,
): Promise<Forward> {
  const child = spawn("kubectl", ["-n", namespace, "port-forward", target, `${localPort ?? ""}:${port}`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const local = await listening(child);
  return {
    port: local,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, "exit");
    },
  };
}

function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    const read = (chunk: Buffer) => {
      said += chunk;
      const port = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port) resolve(Number(port));
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", () => reject(new Error(`kubectl port-forward ended: ${said}`)));
  });
}
