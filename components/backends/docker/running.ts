import type Docker from "dockerode";
import type { Directive } from "../../redis/roles";
import type { GuardedServer } from "./guard";
import { unlessMissing } from "./leftovers";

/** What makes a role a role, and can be changed by hand in a running server; `maxmemory` has a resource of its own. */
const MAKING = ["maxmemory-policy", "appendonly", "appendfsync", "save"];

/** The directives to compare, as CONFIG GET gives them. Lines of one name are one value. Pure. */
export function roleSettings(directives: readonly Directive[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, ...args] of directives) {
    if (!MAKING.includes(name)) continue;
    settings[name] = [...(settings[name] ? [settings[name]] : []), ...args].join(" ");
  }
  return settings;
}

/** What differs in a running server: name, value there. Pure. */
export function deviations(
  wanted: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): [string, string][] {
  return Object.entries(found).filter(
    ([name, value]) => wanted[name] !== undefined && wanted[name] !== value,
  );
}

/** The settings of the running server; undefined when none runs or it does not answer now (it loads, say). */
export async function runningSettings(
  docker: Docker,
  server: GuardedServer,
): Promise<Record<string, string> | undefined> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(server.settings)) {
    const lines = await ask(docker, server, ["CONFIG", "GET", name]);
    if (lines?.[0] !== name) return undefined;
    found[name] = lines[1] ?? "";
  }
  return found;
}

/** Sets what differs, in the running server. */
export async function repair(docker: Docker, running: GuardedServer, wanted: GuardedServer): Promise<void> {
  const found = await runningSettings(docker, running);
  for (const [name] of deviations(wanted.settings, found ?? {})) {
    const answer = await ask(docker, running, ["CONFIG", "SET", name, wanted.settings[name] ?? ""]);
    if (answer?.[0] !== "OK") throw new Error(`${wanted.role}: the running server does not take "${name}".`);
  }
}

/** How a server is spoken to, in its own container. */
export type Reached = Pick<GuardedServer, "container" | "cli" | "port" | "password">;

/** Whether a container is there, and runs. */
export async function runningState(
  docker: Docker,
  server: Reached,
): Promise<"running" | "stopped" | "missing"> {
  const found = await docker.getContainer(server.container).inspect().catch(unlessMissing);
  if (!found) return "missing";
  return found.State.Running && !found.State.Restarting ? "running" : "stopped";
}

/** Lines that the client prints in the server's container; undefined when there is none that runs. */
export async function ask(docker: Docker, server: Reached, words: string[]): Promise<string[] | undefined> {
  if ((await runningState(docker, server)) !== "running") return undefined;
  const container = docker.getContainer(server.container);
  const exec = await container.exec({
    Cmd: [server.cli, "-p", String(server.port), ...words],
    // Not in the command, which others see; Valkey's client has a name of its own for it.
    Env: [`REDISCLI_AUTH=${server.password}`, `VALKEYCLI_AUTH=${server.password}`],
    AttachStdout: true,
    Tty: true,
  });
  const stream = await exec.start({ Tty: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  // With a terminal the client writes for people: `1) "maxmemory"`.
  return String(Buffer.concat(chunks))
    .split(/\r?\n/)
    .map((line) =>
      line
        .trim()
        .replace(/^\d+\) /, "")
        .replace(/^"(.*)"$/, "$1"),
    )
    .filter((line, index, all) => line !== "" || index < all.length - 1);
}
