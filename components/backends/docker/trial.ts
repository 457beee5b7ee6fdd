import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { settingName } from "../../redis/sentence";
import type { GuardedServer } from "./guard";
import { OWNER_LABEL, removeLeftContainer, unlessMissing } from "./leftovers";
import { limitConfig } from "./limit";
import { ACL_FILE, CONFIG_FILE, DATA_FOLDER, LIMIT_FILE } from "./places";
import { tarOf } from "./tar";

/** Seconds for a server without data to start; a machine under load takes some. */
const PATIENCE_SECONDS = 30;
/** Where the trial sees the queue's volume. It only asks what it may do there: a server may be running on it. */
const VOLUME = "/redis-topology-volume";
const UNREADABLE = 97;

/**
 * Starts the server that is about to replace another one, in a container of its own without data, clients or
 * passwords, and throws when it could not replace it: a port that is taken, a directive that it rejects, a volume
 * that its user cannot read. The running server is not touched.
 */
export async function tryServer(docker: Docker, server: GuardedServer): Promise<void> {
  const name = `${server.container}-trial`;
  await removeLeftContainer(docker, name, server.owner);
  const container = await docker.createContainer({ name, ...(await trialOf(docker, server)) });
  try {
    await putConfiguration(container, server);
    await container.start().catch((error: Error) => {
      throw refusedStart(server, error.message);
    });
    const end = await ended(container, PATIENCE_SECONDS);
    if (end) throw new Error(unready(server, end));
  } finally {
    await container.remove({ v: true, force: true }).catch(unlessMissing);
  }
}

async function trialOf(docker: Docker, server: GuardedServer): Promise<Docker.ContainerCreateOptions> {
  const { role, owner, image, user, memory, bind, port, volume } = server;
  const [uid, gid = "0"] = user.split(":");
  const publishes = !(await publishedAlready(docker, server));
  const exists = volume !== undefined && (await docker.getVolume(volume).inspect().catch(unlessMissing));
  // Not the folder: of an empty volume the engine gives it to the image's user only when the server mounts it.
  const look = `for f in ${VOLUME}/* ${VOLUME}/*/*; do [ ! -e "$f" ] || { [ -r "$f" ] && [ -w "$f" ]; } || exit ${UNREADABLE}; done`;
  return {
    Image: image,
    User: user,
    Tty: true,
    Cmd: ["sh", "-c", `${exists ? `${look}; ` : ""}exec ${server.program} ${CONFIG_FILE}`],
    Labels: { [OWNER_LABEL]: owner, "redis-topology.trial": role },
    ExposedPorts: { [`${port}/tcp`]: {} },
    HostConfig: {
      Memory: memory,
      MemorySwap: memory,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges:true"],
      // The files of a read-only root could not be put there; the folder is the trial's own.
      Tmpfs: { [DATA_FOLDER]: `rw,noexec,nosuid,nodev,mode=0700,uid=${uid},gid=${gid}` },
      NetworkMode: publishes ? "bridge" : "none",
      ...(publishes && { PortBindings: { [`${port}/tcp`]: [{ HostIp: bind, HostPort: String(port) }] } }),
      ...(exists && { Binds: [`${volume}:${VOLUME}`] }),
    },
  };
}

/** Whether a container of ours has the port, which it gives up for the new one; one of an earlier release has no label. */
async function publishedAlready(docker: Docker, server: GuardedServer): Promise<boolean> {
  const { owner, container, port } = server;
  const ours = (await docker.listContainers()).filter(
    ({ Labels, Names }) => Labels[OWNER_LABEL] === owner || Names.includes(`/${container}`),
  );
  return ours.some(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
}

/** redis.conf and what it includes. Nobody logs in, as the port may be published. */
export async function putConfiguration(
  container: Docker.Container,
  { config, maxMemory }: Pick<GuardedServer, "config" | "maxMemory">,
): Promise<void> {
  for (const [file, content] of [
    [CONFIG_FILE, config],
    [ACL_FILE, "user default off\n"],
    [LIMIT_FILE, limitConfig(maxMemory)],
  ] as const) {
    await container.putArchive(tarOf(file, content, 0o444), { path: "/" });
  }
}

/** A server that is not ready: it ended with a code, or has none, being late. */
export interface Unready {
  readonly code?: number;
  readonly log: string;
}

/** Waits until a server takes connections; otherwise how it ended, or what it has said when the time is over. */
export async function ended(container: Docker.Container, seconds: number): Promise<Unready | undefined> {
  for (let tenths = 0; ; tenths++) {
    const { State } = await container.inspect();
    const log = String(await container.logs({ stdout: true, stderr: true }));
    if (/ready to accept connections/i.test(log)) return undefined;
    if (!State.Running) return { code: State.ExitCode, log };
    if (tenths >= seconds * 10) return { log };
    await sleep(100);
  }
}

function unready(server: GuardedServer, { code, log }: Unready): string {
  if (code !== undefined) return rejection(server, code, log);
  return `${server.role}: a trial of the new server was not ready after ${PATIENCE_SECONDS} s. ${UNTOUCHED} Run again.`;
}

export const UNTOUCHED = "Nothing was changed; a server that ran goes on.";

function refusedStart({ role, port, bind }: GuardedServer, message: string): Error {
  if (!/already in use|already allocated/.test(message)) {
    return new Error(`${role}: the engine cannot start the new server: ${message} ${UNTOUCHED}`);
  }
  return new Error(
    `${role}.port: ${port}, which another program has at ${bind}. Allowed: a free port of the engine's machine. ` +
      `${UNTOUCHED} Stop the other program, or choose another \`${role}.port\`.`,
  );
}

/** What a server that ended says, without the values of directives, where a password may stand. Pure. */
export function rejection(
  { role, user, volume, section }: Pick<GuardedServer, "role" | "user" | "volume" | "section">,
  code: number,
  log: string,
): string {
  if (code === UNREADABLE) {
    const key = settingName("user", section);
    return (
      `${key}: ${user}, who cannot read and write the files of volume "${volume}". Allowed: their owner. ` +
      `${UNTOUCHED} Set \`${key}\` to it: \`docker run --rm -v ${volume}:/data redis ls -ln /data\` shows it.`
    );
  }
  const lines = log.split(/\r?\n/).filter((line) => line !== "");
  const at = lines.findIndex((line) => line.startsWith(">>> "));
  const directive = /^>>> '(\S+?)['\s]/.exec(lines[at] ?? "")?.[1];
  if (directive !== undefined) {
    return `${role}.config: "${directive}", which the server rejects: ${lines[at + 1] ?? "without a reason"}. ${UNTOUCHED} Correct or remove it.`;
  }
  return `${role}: the new server ends at its start (code ${code}): ${lines.at(-1) ?? "without a word"}. ${UNTOUCHED}`;
}
