import { EXPORTER_PORT, watchedQueueProblems } from "../../redis/exporter";
import { shownNear } from "../../redis/near";
import { readSize } from "../../redis/plan";
import type { Problem } from "../../redis/problems";
import { shownAs, shownNumber } from "../../redis/problems";
import type { Role } from "../../redis/roles";
import { ROLES } from "../../redis/roles";
import { joined, key, say } from "../../redis/sentence";
import { formatSize, shownSize } from "../../redis/size";
import { cidrProblems } from "../cidr";
import { imageAndVersion } from "../rules";
import type { KubernetesTopologyArgs, RecurringJobArgs } from "./args";
import { DataLocality } from "./args";
import { dnsLabelProblems, MAX_NAMESPACE } from "./dnsLabel";
import { MAX_NAME, namespaceOf, roleNames, serverArgs } from "./names";
import { cpuQuantity } from "./quantity";
import { DEFAULT_REPLICAS, MAX_JOB_NAME, MAX_REPLICAS, MAX_RETAIN } from "./storage";

const CPU = /^\d{1,6}(\.\d{1,6})?m?$/;

/** Where to apply: one place, said explicitly. */
export function targetProblems(args: KubernetesTopologyArgs, provided: boolean): Problem[] {
  const { context, useCurrentContext = false, renderTo } = args;
  const said = [
    ...(context === undefined ? [] : [key("context")]),
    ...(useCurrentContext ? [key("useCurrentContext")] : []),
    ...(renderTo === undefined ? [] : [key("renderTo")]),
  ];
  if (said.length === 1 || (said.length === 0 && provided)) return [];
  return [
    {
      key: "context",
      was: said.length === 0 ? "missing" : say`${joined(said, " and ")} together`,
      allowed: say`one of ${key("context")}, ${key("useCurrentContext", "true")} and ${key("renderTo")}`,
      fix: "Name the cluster's context (`kubectl config get-contexts` lists them), so that nothing goes to whichever cluster happens to be current.",
    },
  ];
}

export function nameProblems(args: KubernetesTopologyArgs): Problem[] {
  const present = ROLES.filter((role) => args[role]);
  const names = present.map((role) => roleNames(args, role).server);
  const problems = [
    ...dnsLabelProblems("namespace", namespaceOf(args), MAX_NAMESPACE),
    ...present.flatMap((role) =>
      dnsLabelProblems(`${role}Server.name`, roleNames(args, role).server, MAX_NAME),
    ),
  ];
  if (names.length === 2 && names[0] === names[1]) {
    problems.push({
      key: ["cacheServer.name", "queueServer.name"],
      was: "both the same",
      allowed: "two different names",
      fix: "Give one of them another name.",
    });
  }
  return problems;
}

export function serverProblems(
  args: KubernetesTopologyArgs,
  role: Role,
  plan: { readonly port: number; readonly memoryLimit: number },
): Problem[] {
  const server = serverArgs(args, role);
  const image = { path: `${role}Server.image`, value: server.image };
  const problems = imageAndVersion(image, role, args[role]?.version);
  const request = readSize(`${role}Server.memoryRequest`, server.memoryRequest, problems);
  if (request !== undefined && request > plan.memoryLimit) {
    problems.push({
      key: `${role}Server.memoryRequest`,
      was: shownSize(server.memoryRequest),
      allowed: `at most the memory limit, ${formatSize(plan.memoryLimit)}`,
      fix: `Lower it, or raise \`${role}.memoryLimit\`.`,
    });
  }
  for (const name of ["cpuRequest", "cpuLimit"] as const) {
    if (server[name] === undefined || cpuQuantity(server[name]) !== undefined) continue;
    problems.push({
      key: `${role}Server.${name}`,
      was: shownAs(CPU, server[name]),
      allowed: 'cores above zero, such as "0.5" or "500m"',
      fix: "Correct the amount.",
    });
  }
  if (plan.port === EXPORTER_PORT && args.monitoring?.exporter !== false) {
    problems.push({
      key: `${role}.port`,
      was: shownNumber(plan.port),
      allowed: `any port but ${EXPORTER_PORT}, on which the pod's exporter listens`,
      fix: say`Choose another port, or switch ${key("monitoring.exporter")} off.`,
    });
  }
  return problems;
}

export function storageProblems(args: KubernetesTopologyArgs): Problem[] {
  const { longhorn, recurringJobs = [] } = args.storage ?? {};
  const problems: Problem[] = recurringJobs.flatMap(jobProblems);
  if (!longhorn) return problems;
  if (args.queue?.persistence?.storageClass !== undefined) {
    problems.push({
      key: ["queue.persistence.storageClass", "storage.longhorn"],
      was: "both given",
      allowed: "one of the two: a class by name, or one that is created",
      fix: "Remove one of them.",
    });
  }
  const replicas = longhorn.replicas ?? DEFAULT_REPLICAS;
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > MAX_REPLICAS) {
    problems.push({
      key: "storage.longhorn.replicas",
      was: shownNumber(replicas),
      allowed: `a whole number from 1 to ${MAX_REPLICAS}`,
      fix: "Correct the number; 3 survives the loss of two nodes.",
    });
  }
  if (longhorn.dataLocality === DataLocality.StrictLocal && replicas > 1) {
    problems.push({
      key: "storage.longhorn.dataLocality",
      was: shownNear(longhorn.dataLocality, Object.values(DataLocality)),
      allowed: say`\`strict-local\` only with ${key("storage.longhorn.replicas", "1")}`,
      fix: "Use `best-effort`, which keeps one of the copies on the pod's node.",
    });
  }
  return problems;
}

/** A selector without a label, or a list without a name, says something else than it seems to. */
export function networkProblems({ network = {} }: KubernetesTopologyArgs): Problem[] {
  const { clientLabels, clientNamespaces, openNamespaces, clientCidrs = [] } = network;
  const problems = clientCidrs.flatMap((cidr, index) => cidrProblems(`network.clientCidrs.${index}`, cidr));
  if (clientLabels !== undefined && Object.keys(clientLabels).length === 0 && !clientNamespaces?.length) {
    problems.push({
      key: "network.clientLabels",
      was: say`empty, without ${key("network.clientNamespaces")}`,
      allowed: "at least one label: without any, every pod of the cluster could connect",
      fix: say`Remove it, and name the namespaces whose pods need no label as ${key("network.openNamespaces")}.`,
    });
  }
  for (const [index, name] of (openNamespaces ?? []).entries())
    problems.push(...dnsLabelProblems(`network.openNamespaces.${index}`, name, MAX_NAMESPACE));
  if (openNamespaces?.length === 0) {
    const fix = "Name some, or remove the setting.";
    problems.push({ key: "network.openNamespaces", was: "empty", allowed: "names of namespaces", fix });
  }
  return problems;
}

/** BullMQ joins key parts with colons, and the exporter's list has commas between keys. */
export function monitoringProblems(args: KubernetesTopologyArgs): Problem[] {
  return watchedQueueProblems(args.monitoring?.queues ?? []);
}

function jobProblems(job: RecurringJobArgs, index: number): Problem[] {
  const path = `storage.recurringJobs.${index}`;
  const problems = dnsLabelProblems(`${path}.name`, job.name, MAX_JOB_NAME);
  if (!Number.isInteger(job.retain) || job.retain < 1 || job.retain > MAX_RETAIN) {
    problems.push({
      key: `${path}.retain`,
      was: shownNumber(job.retain),
      allowed: `a whole number from 1 to ${MAX_RETAIN}`,
      fix: "Correct the number.",
    });
  }
  const fields = job.cron.trim().split(/\s+/).length;
  if (fields !== 5) {
    problems.push({
      key: `${path}.cron`,
      was: fields === 1 ? "one field" : `${fields} fields`,
      allowed: 'five fields, such as "0 */6 * * *"',
      fix: "Correct the line.",
    });
  }
  return problems;
}
