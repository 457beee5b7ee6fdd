import { type Problem, shown } from "./problems";
import type { Directive, Role } from "./roles";

/** Directives that no stack may set, each with the reason and the way that is open. */
const REFUSED: Readonly<Record<string, string>> = {
  ...refuse("it would open the server to other hosts; the backend decides where Redis listens", [
    "bind",
    "bind-source-addr",
    "protected-mode",
    "unixsocket",
    "unixsocketperm",
    "tls-port",
    "tls-cert-file",
    "tls-key-file",
    "tls-auth-clients",
  ]),
  port: "set the role's `port` instead",
  maxmemory: "set the role's `maxMemory` instead",
  ...refuse("set the role's `password` instead", ["requirepass", "user", "aclfile"]),
  ...refuse("the backend decides where the data lies, and a change would leave it behind", [
    "dir",
    "dbfilename",
    "appendfilename",
    "appenddirname",
  ]),
  ...refuse("it would run or read other files with the server's rights", [
    "include",
    "loadmodule",
    "enable-module-command",
    "enable-debug-command",
    "enable-protected-configs",
  ]),
  ...refuse("BullMQ's scripts need every command under its own name", ["rename-command"]),
  ...refuse("a replica takes over another server's data and refuses writes", ["replicaof", "slaveof"]),
  ...refuse("the topology is one server per role, and BullMQ's keys would need hash tags", [
    "cluster-enabled",
    "cluster-config-file",
  ]),
  ...refuse("the backend runs and watches the process", ["daemonize", "supervised", "pidfile", "logfile"]),
};

/** Directives that a role owns: the values that keep its promise, and why others break it. */
const OWNED: Readonly<Record<Role, Readonly<Record<string, Owned>>>> = {
  cache: {
    "maxmemory-policy": {
      keeps: () => false,
      allowed: "the role's `evictionPolicy`",
      why: "the policy has a setting of its own",
    },
    appendonly: { keeps: (args) => args.join() === "no", allowed: '"no"', why: "a cache persists nothing" },
    save: {
      keeps: (args) => args.join("") === "",
      allowed: '"" (no snapshots)',
      why: "a cache persists nothing",
    },
  },
  queue: {
    "maxmemory-policy": {
      keeps: (args) => args.join() === "noeviction",
      allowed: '"noeviction"',
      why: "a queue that evicts loses jobs",
    },
    appendonly: { keeps: (args) => args.join() === "yes", allowed: '"yes"', why: "a queue persists" },
    appendfsync: {
      keeps: (args) => ["everysec", "always"].includes(args.join()),
      allowed: '"everysec" or "always"',
      why: "without fsync a host that dies takes half a minute of jobs with it",
    },
    "no-appendfsync-on-rewrite": {
      keeps: (args) => args.join() === "no",
      allowed: '"no"',
      why: "fsync would pause for as long as a rewrite lasts",
    },
    save: {
      keeps: (args) =>
        args.length > 0 && args.length % 2 === 0 && args.every((arg) => /^[1-9]\d*$/.test(arg)),
      allowed: 'pairs of seconds and changes, such as "900 1 300 10 60 10000"',
      why: "a queue keeps RDB snapshots beside its AOF",
    },
    "shutdown-on-sigterm": {
      keeps: (args) => !args.some((arg) => ["nosave", "force"].includes(arg)),
      allowed: '"default", "save" or "now"',
      why: "a queue is saved before it stops",
    },
  },
};

interface Owned {
  readonly keeps: (args: readonly string[]) => boolean;
  readonly allowed: string;
  readonly why: string;
}

/**
 * Reads a role's extra directives: names as in redis.conf, values as the rest of such a line, quotes included.
 * Returns them split into arguments, and a problem for each one that is malformed, opens a hole or contradicts the role.
 */
export function readDirectives(
  role: Role,
  config: Readonly<Record<string, string>>,
): { directives: Directive[]; problems: Problem[] } {
  const directives: Directive[] = [];
  const problems: Problem[] = [];
  for (const [written, value] of Object.entries(config)) {
    const name = written.toLowerCase();
    const args = splitArguments(value);
    const problem = args ? refusal(role, name, args) : malformed(value);
    if (problem) problems.push({ key: `${role}.config.${written}`, was: shown(value), ...problem });
    else if (args) directives.push([name, ...args]);
  }
  return { directives, problems };
}

/**
 * The role's own directives with the user's merged in: a user's line replaces the role's line of the same name,
 * which readDirectives has already found to keep the promise.
 */
export function mergeDirectives(own: readonly Directive[], extra: readonly Directive[]): Directive[] {
  const replaced = new Set(extra.map(([name]) => name));
  return [...own.filter(([name]) => !replaced.has(name)), ...extra.flatMap(onePerLine)];
}

/** `save` with several pairs becomes a line a pair, which is all that Redis 6.2 reads. */
function onePerLine([name, ...args]: Directive): Directive[] {
  if (name !== "save" || args.length <= 2) return [[name, ...args]];
  return args.flatMap((arg, index): Directive[] =>
    index % 2 === 0 ? [["save", arg, args[index + 1] ?? ""]] : [],
  );
}

function refusal(
  role: Role,
  name: string,
  args: readonly string[],
): Omit<Problem, "key" | "was"> | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    return {
      allowed: "the name of a redis.conf directive (letters, digits, hyphens)",
      fix: "Correct the name.",
    };
  }
  const reason = REFUSED[name];
  if (reason) return { allowed: `any directive but \`${name}\``, fix: `Remove it: ${reason}.` };
  const owned = OWNED[role][name];
  if (owned && !owned.keeps(args)) return { allowed: owned.allowed, fix: `Remove it: ${owned.why}.` };
  return undefined;
}

function malformed(value: string): Omit<Problem, "key" | "was"> {
  return value.trim() === ""
    ? { allowed: "a value", fix: 'Give the directive a value; for an empty one write "\\"\\"".' }
    : { allowed: "a value whose quotes are closed and followed by a space", fix: "Close the quotes." };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };

/** Splits a value into arguments as Redis does (sds.c `sdssplitargs`); undefined when there are none or the quotes do not close. */
export function splitArguments(value: string): string[] | undefined {
  const token = /\s*(?:"((?:\\[\s\S]|[^"\\])*)"|'((?:\\'|[^'])*)'|([^\s"']+))(?=\s|$)/y;
  const end = value.trimEnd().length;
  const args: string[] = [];
  while (token.lastIndex < end) {
    const match = token.exec(value);
    if (!match) return undefined;
    const [, double, single, plain] = match;
    if (double !== undefined) args.push(unescapeDouble(double));
    else args.push(single?.replaceAll("\\'", "'") ?? plain ?? "");
  }
  return args.length > 0 ? args : undefined;
}

function unescapeDouble(text: string): string {
  // As bytes, one character each: `\\xc3\\xa9` is two bytes of UTF-8, not two characters.
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  const unescaped = bytes.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (_, hex?: string, char = "") =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[char] ?? char),
  );
  return Buffer.from(unescaped, "latin1").toString("utf8");
}

function refuse(reason: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}
