import { createHash } from "node:crypto";
import * as path from "node:path";
import { AOF_FOLDER, AOF_MANIFEST, SINGLE_AOF } from "../../redis/aof";
import type { RedisServerInputs } from "./redisServer";
import { serverPaths } from "./server/files";
import { Supervision } from "./supervision";

/** What is known of the server program on this host. */
export interface Program {
  /** Absolute. */
  readonly path: string;
  /** Whether it tells systemd when it has loaded its data: built with libsystemd. */
  readonly notifies: boolean;
}

/** Seconds between two starts. */
const RESTART_SECONDS = 2;
/** Seconds that a queue may save before systemd kills it; the AOF is on disk by then, whatever becomes of the snapshot. */
const STOP_SECONDS = 600;
/** Descriptors; systemd's own hard limit since 240. Redis takes of them what `maxclients` needs. */
const OPEN_FILES = 524_288;
/** Where `ProtectHome` lets nobody look. */
const HOMES = ["/home", "/root", "/run/user"];

/** `redis-topology-dev-redis-queue-1a2b3c4d.service`: one for each folder, so that two clones never share one. */
export function unitName({
  owner,
  role,
  directory,
}: Pick<RedisServerInputs, "owner" | "role" | "directory">): string {
  const [, ...stackAndTopology] = owner.split("/");
  const words = [...stackAndTopology, role].join("-").replace(/[^\w.-]/g, "-");
  const folder = createHash("sha256").update(directory).digest("hex").slice(0, 8);
  return `redis-topology-${words.slice(0, 200)}-${folder}.service`;
}

/** The unit of a server. Nothing secret: passwords stand in the ACL file, as hashes. Pure. */
export function unitText(inputs: RedisServerInputs, program: Program): string {
  const { role, owner, directory, persists, supervise, memoryLimit } = inputs;
  const { data, config } = serverPaths(directory);
  const ofSystem = supervise === Supervision.System;
  return sections({
    Unit: [
      ["Description", specifiers(`Redis, the ${role} of ${owner}`)],
      ...(ofSystem ? ([["After", "network.target"]] as const) : []),
      // A disk that is mounted later would leave an empty folder to start in.
      ["RequiresMountsFor", word(data)],
      // Tried for ever: a full disk gets room some day.
      ["StartLimitIntervalSec", "0"],
    ],
    Service: [
      ["Type", program.notifies ? "notify" : "exec"],
      ...(persists ? ([["ExecStartPre", dataCheck(inputs)]] as const) : []),
      ["ExecStart", `${commandWord(program.path)} ${commandWord(config)}`],
      ["Restart", "always"],
      ["RestartSec", String(RESTART_SECONDS)],
      // Loading an AOF takes as long as it takes.
      ["TimeoutStartSec", "infinity"],
      ["TimeoutStopSec", String(STOP_SECONDS)],
      ["LimitNOFILE", String(OPEN_FILES)],
      ...(memoryLimit === undefined ? [] : ([["MemoryMax", String(memoryLimit)]] as const)),
      ["UMask", "0077"],
      ...hardening(inputs, program),
    ],
    Install: [["WantedBy", ofSystem ? "multi-user.target" : "default.target"]],
  });
}

export type Line = readonly [key: string, value: string];

/** A unit's text. */
export function sections(lines: Readonly<Record<string, readonly Line[]>>): string {
  const texts = Object.entries(lines).map(
    ([name, entries]) => `[${name}]\n${entries.map(([key, value]) => `${key}=${value}\n`).join("")}`,
  );
  return `# Written by redis-topology; \`pulumi up\` writes it again. Your own settings: systemctl edit.\n${texts.join("\n")}`;
}

/** What Debian's own unit has, as far as it holds for a folder anywhere, and as far as a systemd without root can. */
function hardening({ directory, supervise }: RedisServerInputs, program: Program): Line[] {
  const readsHomes = [directory, program.path].some((file) =>
    HOMES.some((home) => file.startsWith(`${home}/`)),
  );
  return [
    ["NoNewPrivileges", "yes"],
    ["ProtectSystem", "strict"],
    ["ReadWritePaths", word(directory)],
    ...(readsHomes ? [] : [["ProtectHome", "yes"] as const]),
    ["PrivateTmp", "yes"],
    ["ProtectControlGroups", "yes"],
    ["ProtectHostname", "yes"],
    ["ProtectKernelTunables", "yes"],
    ["LockPersonality", "yes"],
    ["MemoryDenyWriteExecute", "yes"],
    ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"],
    ["RestrictNamespaces", "yes"],
    ["RestrictRealtime", "yes"],
    ["RestrictSUIDSGID", "yes"],
    ["SystemCallArchitectures", "native"],
    ["SystemCallFilter", "@system-service"],
    ["SystemCallErrorNumber", "EPERM"],
    ...(supervise === Supervision.System ? ROOTS : []),
  ];
}

/** What only root may give up; a user's systemd fails to start a unit that says so (status 218). */
const ROOTS: readonly Line[] = [
  // All that is left: a backup that was put back may be another user's.
  ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE"],
  ["PrivateDevices", "yes"],
  ["ProtectClock", "yes"],
  ["ProtectKernelLogs", "yes"],
  ["ProtectKernelModules", "yes"],
];

/**
 * Lets no queue that had data start without its AOF: Redis would begin an empty one, and replace a snapshot that was
 * put there. `pulumi up`, which makes an AOF of a snapshot, decides such cases.
 */
function dataCheck({ directory }: RedisServerInputs): string {
  const { data, instance, startEmpty } = serverPaths(directory);
  const allowed = [path.join(data, AOF_FOLDER, AOF_MANIFEST), path.join(data, SINGLE_AOF), startEmpty];
  const script =
    'for file in "$2" "$3" "$4"; do [ -e "$file" ] && exit 0; done; [ -e "$1" ] || exit 0; ' +
    'echo "No AOF in $5, and this queue had data. Run: pulumi up" >&2; exit 1';
  return ["/bin/sh", "-c", script, "sh", instance, ...allowed, data].map(commandWord).join(" ");
}

/** A word of a command line, in which systemd replaces variables. */
export const commandWord = (text: string) => word(text).replaceAll("$", "$$$$");

/** A word in systemd's quotes, as systemd.syntax(7) and systemd.unit(5) have them. */
export function word(text: string): string {
  const plain = specifiers(text);
  if (/^[\w./:@%+=-]+$/.test(plain)) return plain;
  return `"${plain.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/** A text in which systemd replaces nothing. */
export const specifiers = (text: string) => text.replaceAll("%", "%%");
