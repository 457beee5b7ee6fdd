import type { ExporterArgs } from "../redis/exporter";
import { exporterPort } from "../redis/exporter";
import type { Role } from "../redis/roles";
import { ROLES } from "../redis/roles";
import { shapeOf, shownNumber } from "../redis/shown";
import type { Problem } from "./problems";

/** What is wrong with how the servers at these ports are to be watched. */
export function exporterProblems(
  args: ExporterArgs | undefined,
  servers: Readonly<Partial<Record<Role, number>>>,
): Problem[] {
  const taken = new Map(ROLES.flatMap((role) => (servers[role] ? [[servers[role], role] as const] : [])));
  const problems = watchedQueueProblems(args?.queues ?? []);
  for (const role of ROLES.filter((one) => servers[one] !== undefined)) {
    const port = exporterPort(role, args);
    if (port === undefined) continue;
    const holder = taken.get(port);
    const isPort = Number.isInteger(port) && port >= 1 && port <= 65535;
    if (isPort && holder === undefined) {
      taken.set(port, role);
      continue;
    }
    problems.push({
      key: `monitoring.exporterPorts.${role}`,
      was: isPort ? `${port}, which is taken by the ${holder}` : shownNumber(port),
      allowed: "a port from 1 to 65535 of its own",
      fix: "Give it another.",
    });
  }
  return problems;
}

/** Names that the exporter's notation cannot hold. */
export function watchedQueueProblems(queues: readonly string[]): Problem[] {
  return queues
    .filter((queue) => !/^[^\s:,=]+$/.test(queue))
    .map((queue) => ({
      key: "monitoring.queues",
      was: shapeOf(queue),
      allowed: "names of BullMQ queues, without spaces, colons, commas and equals signs",
      fix: "Give the name as in `new Queue(name)`.",
    }));
}
