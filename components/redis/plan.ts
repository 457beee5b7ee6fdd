import type { CacheArgs, QueueArgs, RoleArgs, TopologyArgs } from "../contract";
import { bullmqProblems } from "./bullmq";
import {
  engineProblems,
  evictionProblems,
  passwordProblems,
  portProblems,
  refusedSettings,
  versionProblems,
} from "./checks";
import { mergeDirectives, readDirectives } from "./directives";
import { envPrefixProblems } from "./envPrefix";
import type { Guarantees, PlannedGuarantees } from "./guarantees";
import { EVENTS, kept, lossProblems } from "./guarantees";
import { floorArithmetic, maxMemoryWithin, memoryFloor } from "./memory";
import type { Problem } from "./problems";
import { shapeOf, shown } from "./problems";
import type { Directive, Engine } from "./roles";
import { EvictionPolicy, QUEUE_POLICY, ROLES, Role, roleDirectives } from "./roles";
import type { Sentence } from "./sentence";
import { isSize, MIN_SIZE, parseSize, SIZE_FORMS, SizeError, shownSize } from "./size";

/** Data budget of a role that names neither `maxMemory` nor `memoryLimit`. */
export const DEFAULT_MAX_MEMORY = "256mb";

/** Settings of a role that only some backends can honour. */
export type OptionalSetting =
  | "maxMemory"
  | "memoryLimit"
  | "evictionPolicy"
  | "port"
  | "engine"
  | "version"
  | "password"
  | "previousPassword"
  | "config"
  | "persistence.size"
  | "persistence.storageClass";

/** What a backend says of itself, as plain data, so that shared code never asks which backend it has. */
export interface BackendTraits {
  readonly name: string;
  readonly defaultPorts: Readonly<Record<Role, number>>;
  /** Whether both roles listen on the same address, so that their ports must differ. */
  readonly sharesAddress: boolean;
  /** Settings that this backend cannot honour, each with the reason. Giving one is refused. */
  readonly refuses: Readonly<Partial<Record<OptionalSetting, Sentence>>>;
}

/** Everything decided about one role before any resource exists; sizes in bytes. */
export interface RolePlan {
  readonly role: Role;
  readonly port: number;
  readonly maxMemory: number;
  /** At least `memoryFloor(role, maxMemory)`. */
  readonly memoryLimit: number;
  readonly evictionPolicy: string;
  readonly persists: boolean;
  /** Undefined = the backend's default. */
  readonly engine?: Engine;
  /** Undefined = the backend's default. */
  readonly version?: string;
  /** The role's directives and the user's; the backend adds where Redis listens and keeps its files. */
  readonly directives: readonly Directive[];
}

/** What `planTopology` found. Only when `problems` is empty are the plans fit for use. */
export interface TopologyPlan {
  readonly cache?: RolePlan;
  readonly queue?: RolePlan;
  readonly guarantees: Guarantees<Sentence>;
  readonly problems: readonly Problem[];
}

/**
 * Decides everything that is the same on every backend and collects every problem. `guarantees` is the
 * backend's own declaration for these args; its own problems are the backend's to add.
 */
export function planTopology(
  traits: BackendTraits,
  args: TopologyArgs,
  declared: Readonly<Record<Role, PlannedGuarantees>>,
): TopologyPlan {
  const problems: Problem[] = [];
  const cache = args.cache && planRole(Role.Cache, traits, args.cache, problems);
  const queue = args.queue && planRole(Role.Queue, traits, args.queue, problems);
  if (!cache && !queue) {
    problems.push({
      key: ["cache", "queue"],
      was: "both missing",
      allowed: "at least one of the two roles",
      fix: `Add \`cache: {}\` or \`queue: {}\`; every setting in it has a default.`,
    });
  }
  if (cache && queue && traits.sharesAddress && cache.port === queue.port) {
    problems.push({
      key: ["cache.port", "queue.port"],
      was: `both ${cache.port}`,
      allowed: "two different ports, since both roles share one address",
      fix: "Give one of them another port.",
    });
  }
  const guarantees = {
    ...(cache && { cache: declared.cache }),
    ...(queue && { queue: declared.queue }),
  };
  problems.push(...envPrefixProblems(args), ...bullmqProblems(args.queue?.bullmq));
  problems.push(...lossProblems(guarantees, args.queue?.acceptDataLoss ?? false));
  return { ...(cache && { cache }), ...(queue && { queue }), guarantees, problems };
}

/** What is wrong with the roles whatever the backend: one that has every setting, ports apart, and loses nothing. */
export function rolesProblems(args: TopologyArgs): readonly Problem[] {
  const traits = { name: "", defaultPorts: { cache: 6379, queue: 6380 }, sharesAddress: false, refuses: {} };
  const safe = Object.fromEntries(EVENTS.map((event) => [event, kept("")])) as unknown as PlannedGuarantees;
  return planTopology(traits, args, { cache: safe, queue: safe }).problems;
}

/** The plans of a topology in the order of the roles. */
export function rolePlans(plan: TopologyPlan): RolePlan[] {
  return ROLES.flatMap((role) => plan[role] ?? []);
}

function planRole(
  role: Role,
  traits: BackendTraits,
  args: CacheArgs & QueueArgs,
  problems: Problem[],
): RolePlan {
  const memory = planMemory(role, args, problems);
  const port = args.port ?? traits.defaultPorts[role];
  problems.push(...portProblems(role, port, traits.defaultPorts[role]));
  const wrongEngine = engineProblems(role, args.engine);
  const wrongVersion = versionProblems(role, args.version);
  problems.push(...wrongEngine, ...wrongVersion);
  problems.push(...evictionProblems(role, args.evictionPolicy));
  const evictionPolicy =
    role === Role.Cache ? (args.evictionPolicy ?? EvictionPolicy.AllkeysLru) : QUEUE_POLICY;
  if (role === Role.Cache && args.persistence !== undefined) {
    problems.push({
      key: "cache.persistence",
      // Anything may stand there: only what a volume's size is, is shown.
      was: isVolumeSize(args.persistence) ? shown(args.persistence) : shapeOf(args.persistence),
      allowed: "nothing: a cache persists nothing",
      fix: "Remove it; what must survive belongs into the queue.",
    });
  }
  const extra = readDirectives(role, args.config ?? {});
  problems.push(...extra.problems, ...passwordProblems(role, args), ...refusedSettings(role, traits, args));
  return {
    role,
    port,
    ...memory,
    evictionPolicy,
    persists: role === Role.Queue,
    // The backends plan on, to find their own problems: with the default instead of what no table has.
    ...(args.engine !== undefined && wrongEngine.length === 0 && { engine: args.engine }),
    ...(args.version !== undefined && wrongVersion.length === 0 && { version: args.version }),
    directives: mergeDirectives(roleDirectives(role, memory.maxMemory, evictionPolicy), extra.directives),
  };
}

function isVolumeSize(persistence: unknown): boolean {
  const entries = typeof persistence === "object" && persistence !== null ? Object.entries(persistence) : [];
  return entries.every(([key, value]) => key === "size" && isSize(value));
}

function planMemory(
  role: Role,
  args: RoleArgs,
  problems: Problem[],
): { maxMemory: number; memoryLimit: number } {
  const given = readSize(`${role}.maxMemory`, args.maxMemory, problems);
  const limit = readSize(`${role}.memoryLimit`, args.memoryLimit, problems);
  if (limit === undefined) {
    const maxMemory = given ?? parseSize(DEFAULT_MAX_MEMORY);
    return { maxMemory, memoryLimit: memoryFloor(role, maxMemory) };
  }
  const largest = maxMemoryWithin(role, limit);
  const smallest = given ?? MIN_SIZE;
  if (largest < smallest) {
    problems.push({
      key: `${role}.memoryLimit`,
      was: shownSize(args.memoryLimit),
      allowed: `at least ${floorArithmetic(role, smallest)}, so that Redis refuses writes before the kernel kills it`,
      fix: `Raise \`${role}.memoryLimit\`${given === undefined ? "" : `, or lower \`${role}.maxMemory\``}.`,
    });
  }
  return { maxMemory: given ?? largest, memoryLimit: limit };
}

/** Bytes of a size setting; undefined when it is absent or malformed, and then with a problem. */
export function readSize(key: string, text: string | undefined, problems: Problem[]): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseSize(text);
  } catch (error) {
    if (!(error instanceof SizeError)) throw error;
    problems.push({ key, was: error.message, allowed: SIZE_FORMS, fix: "Correct the size." });
    return undefined;
  }
}
