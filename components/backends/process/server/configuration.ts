import { chmod, mkdir } from "node:fs/promises";
import { aclFile } from "../../../redis/acl";
import { renderConfig } from "../../../redis/config";
import type { Directive } from "../../../redis/roles";
import { settingName } from "../../../redis/sentence";
import type { RedisServerInputs } from "../redisServer";
import { serverPaths, writePrivate } from "./files";
import { writeMark } from "./owner";
import { stateHome } from "./state";

/** Every line of redis.conf: the role's, the user's, and where this server listens and keeps its files. */
export function serverDirectives(inputs: RedisServerInputs): Directive[] {
  const paths = serverPaths(inputs.directory);
  return [
    ...inputs.directives,
    ["bind", inputs.host],
    ["port", String(inputs.port)],
    ["protected-mode", "yes"],
    ...supervision(inputs),
    ["dir", paths.data],
    ["aclfile", paths.acl],
    ["logfile", paths.log],
    ["pidfile", paths.pid],
  ];
}

function supervision({ supervise }: RedisServerInputs): Directive[] {
  // Its own session, so that neither the end of `pulumi up` nor a Ctrl-C in it ends the server.
  if (supervise === undefined) return [["daemonize", "yes"]];
  // Tells systemd when the data is loaded, where systemd waits for that and the program can.
  return [
    ["daemonize", "no"],
    ["supervised", "auto"],
  ];
}

/** Writes the configuration and the ACL file, readable by their owner only. */
export async function writeFiles(inputs: RedisServerInputs, passwords: readonly string[]): Promise<void> {
  const paths = serverPaths(inputs.directory);
  try {
    await makePrivate(paths.folder);
    await writeMark(paths.folder, { owner: inputs.owner, directory: inputs.directory, state: stateHome() });
    await makePrivate(paths.data);
    await writePrivate(paths.config, renderConfig(serverDirectives(inputs)));
    await writePrivate(paths.acl, aclFile(passwords));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `${inputs.role}: cannot write to ${inputs.directory} (${code ?? message}). ` +
        `Make the folder writable and its disk not full, or name another one with \`${settingName("directory", inputs.section)}\`.`,
    );
  }
}

async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}
