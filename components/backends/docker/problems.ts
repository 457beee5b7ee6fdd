import { isIP } from "node:net";
import { isLoopback } from "../../redis/address";
import type { Problem } from "../../redis/problems";
import { shapeOf, shownAs } from "../../redis/problems";
import type { Role } from "../../redis/roles";
import { Engine, ROLES } from "../../redis/roles";
import { key, say } from "../../redis/sentence";
import { imageAndVersion } from "../rules";
import type { EngineAddress } from "./address";
import { ADDRESS_FORMS, isRemote } from "./address";
import type { DockerTopologyArgs } from "./args";
import { IMAGE_USER } from "./images";

/** Least length of a given password where other machines can try passwords, thousands a second. */
export const MIN_OPEN_PASSWORD = 16;

/** What the engine takes as a name (moby, daemon/names: RestrictedNameChars). */
const ENGINE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const ROOT = /^0(:\d{1,5})?$/;
/** An IPv4 address as far as its form goes. */
const DOTTED = /^\d{1,3}(\.\d{1,3}){3}$/;
const NON_ROOT_USER = /^[1-9]\d*(:\d+)?$/;

/** An address that is none, and settings that belong to another kind of address. */
export function hostProblems(args: DockerTopologyArgs, engine: EngineAddress | undefined): Problem[] {
  const problems: Problem[] = [];
  if (args.host !== undefined && !engine) {
    problems.push({
      key: "host",
      was: shapeOf(args.host),
      allowed: ADDRESS_FORMS,
      fix: "Correct the address, or remove it for the local engine.",
    });
  }
  const belongs = [
    ["certPath", "tcp"],
    ["sshOptions", "ssh"],
  ] as const;
  for (const [name, scheme] of belongs) {
    if (args[name] === undefined || engine?.scheme === scheme) continue;
    problems.push({
      key: name,
      was: "given",
      allowed: say`nothing without a \`${scheme}://\` address in ${key("host")}`,
      fix: say`Remove it, or set ${key("host")}.`,
    });
  }
  return problems;
}

/** Where the ports are published, and whether passwords can stand it. */
export function bindProblems(
  args: DockerTopologyArgs,
  bind: string,
  engine: EngineAddress | undefined,
): Problem[] {
  if (args.bind === undefined && engine && isRemote(engine)) {
    return [
      {
        key: "bind",
        was: "missing",
        allowed: "an IP address of the remote engine's machine, since its loopback is out of reach from here",
        fix: "Set it to an address that the applications reach and nobody else does; `127.0.0.1` for use on that machine only.",
      },
    ];
  }
  if (isIP(bind) === 0) {
    return [
      {
        key: "bind",
        was: shownAs(DOTTED, bind),
        allowed: "an IP address of the engine's machine",
        fix: "Write an address, not a name; remove it for loopback.",
      },
    ];
  }
  return ROLES.flatMap((role) => {
    const { password, previousPassword } = args[role] ?? {};
    const known = [password, previousPassword].filter((given) => typeof given === "string");
    return openPasswordProblems(role, bind, known);
  });
}

/** What is wrong with passwords that anybody who reaches `bind` may try, as soon as they are known. */
export function openPasswordProblems(role: Role, bind: string, passwords: readonly string[]): Problem[] {
  if (isLoopback(bind)) return [];
  // An empty one is refused as such.
  if (passwords.every((password) => password === "" || password.length >= MIN_OPEN_PASSWORD)) return [];
  return [
    {
      key: `${role}.password`,
      was: `shorter than ${MIN_OPEN_PASSWORD} characters`,
      allowed: say`${MIN_OPEN_PASSWORD} characters or more where ${key("bind")} (${bind}) lets other machines in, or nothing`,
      fix: "Remove the setting to have a password made, or bind to loopback.",
    },
  ];
}

/** Versions and images that contradict each other. */
export function imageProblems(args: DockerTopologyArgs): Problem[] {
  if (args.image === undefined) return [];
  const used = ROLES.flatMap((role) => (args[role] ? [{ role, ...args[role] }] : []));
  const image = { path: "image", value: args.image };
  const problems = used.flatMap(({ role, version }) => imageAndVersion(image, role, version));
  if (new Set(used.map(({ engine }) => engine ?? Engine.Redis)).size > 1) {
    problems.push({
      key: "image",
      was: "given",
      allowed: "nothing when the roles have two engines: one image holds one of them",
      fix: say`Remove it, or make ${key("cache.engine")} and ${key("queue.engine")} the same.`,
    });
  }
  return problems;
}

/** Users and volumes that the engine would not take. */
export function nameProblems(args: DockerTopologyArgs): Problem[] {
  const problems: Problem[] = [];
  if (args.user !== undefined && !NON_ROOT_USER.test(args.user)) {
    problems.push({
      key: "user",
      was: shownAs(ROOT, args.user),
      allowed: `a numeric uid other than 0, or \`uid:gid\`, such as \`${IMAGE_USER}\``,
      fix: "Name the user that owns `/data` in the image, by number.",
    });
  }
  if (args.volume !== undefined && !ENGINE_NAME.test(args.volume)) {
    problems.push({
      key: "volume",
      was: shapeOf(args.volume),
      allowed: "the name of a volume: two or more letters, digits, `_`, `.` or `-`, a letter or digit first",
      fix: "Take a name that `docker volume ls` shows, or a new one.",
    });
  }
  if (args.volume !== undefined && args.deleteData) {
    problems.push({
      key: "deleteData",
      was: "true",
      allowed: say`false beside ${key("volume")}: a volume that the stack names is never deleted`,
      fix: "Remove one of the two; after a `destroy`, `docker volume rm` deletes the volume.",
    });
  }
  return problems;
}
