import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Server } from "../../outputs";
import {
  EXPORTER_IMAGE,
  EXPORTER_PORT,
  exporterArguments,
  exporterPasswords,
  exporterPort,
  jobKeys,
} from "../../redis/exporter";
import type { RolePlan } from "../../redis/plan";
import type { PrometheusFiles, Scraped } from "../../redis/prometheus";
import { prometheusFiles } from "../../redis/prometheus";
import { Role } from "../../redis/roles";
import type { DockerTopologyArgs } from "./args";
import { clearLeftContainer } from "./hooks";
import { OWNER_LABEL } from "./leftovers";
import { exporterName } from "./places";
import type { DockerPlan } from "./plan";
import type { Place } from "./resources";

/** Loopback alone: metrics are given to whoever asks. */
const LOOPBACK = "127.0.0.1";
const PASSWORDS = "/etc/redis-exporter/passwords.json";
/** As the image itself has it (redis_exporter, Dockerfile). */
const USER = "59000:59000";
const MEMORY_MIB = 64;

/** A role's server, as its exporter finds it. */
export interface Watched {
  readonly role: RolePlan;
  /** Its host is the one inside the network. */
  readonly server: Server;
}

/** Puts an exporter beside each server, where the stack wants them. */
export function createExporters(place: Place, servers: readonly Watched[], args: DockerTopologyArgs): void {
  const { name, child } = place;
  const wanted = servers.flatMap(({ role, server }) => {
    const port = exporterPort(role.role, args.monitoring);
    return port === undefined ? [] : [{ role, server, port }];
  });
  if (wanted.length === 0) return;
  const image = new docker.RemoteImage(
    `${name}-exporter-image`,
    { name: args.monitoring?.exporterImage ?? EXPORTER_IMAGE, keepLocally: true },
    child,
  );
  for (const { role, server, port } of wanted) createExporter(place, { role, server }, args, image, port);
}

/** Prometheus' own files, where there are exporters. */
export function watchFiles(
  topology: string,
  plan: DockerPlan,
  args: DockerTopologyArgs,
): PrometheusFiles | undefined {
  const scraped = Object.values(Role).flatMap((role): Scraped[] => {
    const port = plan[role] && exporterPort(role, args.monitoring);
    return port === undefined ? [] : [{ role, address: `${LOOPBACK}:${port}` }];
  });
  return scraped.length === 0 ? undefined : prometheusFiles(topology, scraped, args.monitoring ?? {});
}

function createExporter(
  { name, prefix, owner, access, network, child }: Place,
  { role: { role }, server }: Watched,
  { monitoring, queue }: DockerTopologyArgs,
  image: docker.RemoteImage,
  port: number,
): void {
  const address = pulumi.output(pulumi.interpolate`redis://${server.host}:${server.port}`);
  const keys = role === Role.Queue ? jobKeys(monitoring?.queues ?? [], queue?.bullmq?.prefix) : "";
  new docker.Container(
    `${name}-${role}-exporter`,
    {
      name: exporterName(prefix, role),
      image: image.imageId,
      entrypoints: ["/redis_exporter"],
      command: address.apply((at) =>
        exporterArguments({ server: at, passwordFile: PASSWORDS, listen: `:${EXPORTER_PORT}`, keys }),
      ),
      // The engine shows a container's environment and arguments to whoever may list it.
      uploads: [
        {
          file: PASSWORDS,
          content: pulumi.secret(
            pulumi.all([address, server.password]).apply(([at, password]) => exporterPasswords(at, password)),
          ),
          permissions: "0444",
        },
      ],
      user: USER,
      networksAdvanced: [{ name: network.name, aliases: [`${name}-${role}-exporter`] }],
      ports: [{ ip: LOOPBACK, external: port, internal: EXPORTER_PORT, protocol: "tcp" }],
      labels: [{ label: OWNER_LABEL, value: owner }],
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      memory: MEMORY_MIB,
      memorySwap: MEMORY_MIB,
      restart: "always",
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
    },
    { ...child, deleteBeforeReplace: true, ...clearLeftContainer(access, owner) },
  );
}
