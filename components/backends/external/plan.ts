import type * as pulumi from "@pulumi/pulumi";
import type { PlannedGuarantees } from "../../redis/guarantees";
import { CACHE_GUARANTEES, elsewhere, kept } from "../../redis/guarantees";
import type { BackendTraits, TopologyPlan } from "../../redis/plan";
import { planTopology } from "../../redis/plan";
import type { Problem } from "../../redis/problems";
import { shapeOf } from "../../redis/problems";
import { ROLES } from "../../redis/roles";
import { key, say } from "../../redis/sentence";
import { withoutRole } from "../rules";
import type { PlainServer } from "./address";
import { readAddress } from "./address";
import type { ExternalServerArgs, ExternalTopologyArgs } from "./args";

const OF_THE_SERVER = say`it belongs to ${key("cacheServer")} or ${key("queueServer")}`;
const SERVER_SETS_IT = "the server exists already, and its provider sets it";

export const traits: BackendTraits = {
  name: "external",
  defaultPorts: { cache: 6379, queue: 6379 },
  sharesAddress: false,
  refuses: {
    maxMemory: SERVER_SETS_IT,
    memoryLimit: SERVER_SETS_IT,
    evictionPolicy: SERVER_SETS_IT,
    engine: SERVER_SETS_IT,
    version: SERVER_SETS_IT,
    config: SERVER_SETS_IT,
    port: OF_THE_SERVER,
    password: OF_THE_SERVER,
    previousPassword: SERVER_SETS_IT,
    "persistence.size": SERVER_SETS_IT,
    "persistence.storageClass": SERVER_SETS_IT,
  },
};

/** Nothing here is ours to promise, except that destroying the stack leaves the server alone. */
const QUEUE_GUARANTEES: PlannedGuarantees = {
  processCrash: elsewhere("`pulumi up` warns when the server shows neither AOF nor RDB."),
  redeploy: kept("The server is not touched."),
  hostCrash: elsewhere("The loss window is that of the plan you bought: AOF seconds, RDB minutes to hours."),
  hostLoss: elsewhere("Ask for a replica or backups."),
  zoneLoss: elsewhere("Ask for replicas in several zones."),
  destroy: kept("The server is not touched."),
};

/** Everything decided about the topology, and everything wrong with it as far as its values are known. Pure. */
export function planExternal(args: ExternalTopologyArgs): TopologyPlan {
  const cache = {
    ...CACHE_GUARANTEES,
    processCrash: elsewhere("Whether it persists is its provider's choice; a cache must not need it."),
    destroy: kept("The server is not touched."),
  };
  const plan = planTopology(traits, args, { cache, queue: QUEUE_GUARANTEES });
  return {
    ...plan,
    problems: [...plan.problems, ...serverProblems(args), ...modeProblems(args), ...exporterProblems(args)],
  };
}

function serverProblems(args: ExternalTopologyArgs): Problem[] {
  return ROLES.flatMap((role): Problem[] => {
    const path = `${role}Server`;
    const server = role === "cache" ? args.cacheServer : args.queueServer;
    if (!args[role] && !server) return [];
    if (!args[role]) return [withoutRole(path, role)];
    if (!server) {
      const fix = say`Give ${key(`${role}Server.url`)}, or its parts: host, port, password.`;
      return [{ key: path, was: "missing", allowed: "where the server is", fix }];
    }
    return isPlain(server) ? readAddress(role, server).problems : [];
  });
}

/** BullMQ's prefix follows from the mode: a queue that is no longer asked would change it, and leave its jobs under the old one. */
function modeProblems({ queue, queueServer, checkAtDeploy = true }: ExternalTopologyArgs): Problem[] {
  if (checkAtDeploy || !queue || !queueServer || queueServer.clusterMode !== undefined) return [];
  return [
    {
      key: "queueServer.clusterMode",
      was: "missing",
      allowed: say`true or false with ${key("checkAtDeploy", "false")}: the prefix of BullMQ's keys depends on it, and nothing asks the server`,
      fix: "Set it to what the server is; if it was asked before, to true exactly when `prefix` of the stack's `queue` output is there.",
    },
  ];
}

/** Alerts are asked of an exporter for each role, and of nothing else. */
function exporterProblems(args: ExternalTopologyArgs): Problem[] {
  const { monitoring } = args;
  if (monitoring === undefined) return [];
  return ROLES.flatMap((role): Problem[] => {
    const path = `monitoring.exporters.${role}`;
    const address = monitoring.exporters[role];
    if (!args[role]) {
      if (address === undefined) return [];
      const fix = say`Remove it, or add ${key(role, "{}")}.`;
      return [
        { key: path, was: `given without \`${role}\``, allowed: `only together with \`${role}\``, fix },
      ];
    }
    if (address !== undefined && isExporterAddress(address)) return [];
    return [
      {
        key: path,
        was: address === undefined ? "missing" : shapeOf(address),
        allowed: "host:port of the role's redis_exporter, without scheme and path",
        fix: "Run one (docs/operations/monitoring.md), and say where it answers.",
      },
    ];
  });
}

/** `metrics.example:9121`, `10.0.0.7:9121`, `[fd00::7]:9121`. */
function isExporterAddress(address: string): boolean {
  const [, port] = /^(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(address) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65535;
}

/** Whether nothing in it is still to come; what is not plain is read when it is known. */
export function isPlain(server: ExternalServerArgs): server is ExternalServerArgs & PlainServer {
  const text = (value: pulumi.Input<string> | undefined) => value === undefined || typeof value === "string";
  return text(server.url) && text(server.password);
}
