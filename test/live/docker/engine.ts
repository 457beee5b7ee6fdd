import { isDeepStrictEqual } from "node:util";
import type Docker from "dockerode";
import type { GuardedNetwork, GuardedServer } from "../../../components/backends/docker/guard";
import type { Identity } from "../../../components/backends/docker/identity";
import {
  OWNER_LABEL,
  removeLeftContainer,
  removeLeftNetwork,
} from "../../../components/backends/docker/leftovers";
import {
  networkGuard,
  serverGuard,
  serverLimit,
  serverMemory,
  volumeGuard,
} from "../../../components/backends/docker/provider";
import { tarOf } from "../../../components/backends/docker/tar";
import type { Registration } from "../../mocked/harness";
import { until } from "../clients";
import type { ContainerPlan } from "./container";
import { containerPlan, readBack } from "./container";
import { Inputs, plain } from "./inputs";

const CONTAINER = "docker:index/container:Container";
const IMAGE = "docker:index/remoteImage:RemoteImage";
export const NETWORK = "docker:index/network:Network";
const VOLUME = "docker:index/volume:Volume";
/** Run by our own provider, which is called as Pulumi's engine calls it. */
const GUARDS: Readonly<Record<string, unknown>> = {
  "pulumi-nodejs:dynamic/redis-topology:DockerVolumeGuard": volumeGuard,
  "pulumi-nodejs:dynamic/redis-topology:DockerServerGuard": serverGuard,
  "pulumi-nodejs:dynamic/redis-topology:DockerNetworkGuard": networkGuard,
  "pulumi-nodejs:dynamic/redis-topology:DockerServerLimit": serverLimit,
  "pulumi-nodejs:dynamic/redis-topology:DockerServerMemory": serverMemory,
};

/** Nanoseconds. */
const SECOND = 1e9;

/** Inputs of a container that the provider changes in place and hands to the engine. */
const UPDATED = ["memory", "memorySwap", "restart"];
/** Inputs that it takes over in its own state only: the engine keeps what it had. */
const NOT_APPLIED = [
  "healthcheck",
  "tmpfs",
  "destroyGraceSeconds",
  "wait",
  "waitTimeout",
  "start",
  "mustRun",
];

/** A Docker engine to which recorded programs are applied, in the way of Pulumi and its Docker provider. */
export class LiveEngine {
  private state = new Map<string, Registration>();
  private readonly guards = new Map<string, object>();
  /** Ids of containers, as Pulumi's state has them. */
  private readonly ids = new Map<string, string>();
  /** What the language host passes hooks on for. */
  hooks: "all" | "networks" = "all";
  /** What the last `deploy` did, as `create name`, `update name`, `replace name`, `delete name`. */
  done: string[] = [];

  constructor(
    readonly docker: Docker,
    /** How often the engine asks a server for its health: as declared, which every start waits for once, or each second. */
    private readonly health: "declared" | "hurried" = "hurried",
  ) {}

  /** Applies a program: creates, updates or replaces what it registers, and deletes what it no longer does. */
  async deploy(resources: readonly Registration[]): Promise<void> {
    this.done = [];
    const declared = resources.filter(({ type }) => type.startsWith("docker:") || type in GUARDS);
    const wanted = inOrder(declared.map((resource) => this.withIgnored(resource)));
    for (const resource of wanted) {
      if (resource.type in GUARDS) {
        await this.guard(resource);
        this.state.set(key(resource), resource);
        continue;
      }
      const before = this.state.get(key(resource));
      if (!before) await this.create(resource);
      else if (!isDeepStrictEqual(before.inputs, resource.inputs)) await this.change(before, resource);
      this.state.set(key(resource), resource);
    }
    const kept = new Set(wanted.map(key));
    for (const [name, resource] of [...this.state].reverse()) {
      if (!kept.has(name)) await this.delete(resource);
    }
    // What was forgotten is made again late, and goes by what depends on it all the same.
    this.state = new Map(wanted.map((resource) => [key(resource), resource]));
  }

  async destroy(): Promise<void> {
    for (const resource of [...this.state.values()].reverse()) await this.delete(resource);
  }

  /** Deletes and creates a container again, as a replacement does. */
  async recreate(name: string): Promise<void> {
    const resource = this.state.get(`${CONTAINER} ${name}`);
    if (!resource) throw new Error(`There is no container ${name}.`);
    const order = [...this.state.values()];
    await this.change(resource, resource);
    this.state = new Map(order.map((one) => [key(one), one]));
    // What comes after it in an `up` hears of the new container.
    for (const later of order.slice(order.indexOf(resource) + 1)) {
      if (later.type in GUARDS && later.name.startsWith(name)) await this.guard(later);
    }
  }

  /** As if Pulumi had made this container: what an earlier release has. */
  adopt(name: string, id: string): void {
    this.ids.set(name, id);
  }

  /** What the state has as an input of a resource. */
  known(type: string, name: string, input: string): unknown {
    return this.state.get(`${type} ${name}`)?.inputs[input];
  }

  /** As Pulumi does it before it compares: an input whose changes are ignored is what the state has. */
  private withIgnored(resource: Registration): Registration {
    const before = this.state.get(key(resource));
    if (!before) return resource;
    const inputs = { ...resource.inputs };
    for (const input of resource.options.ignoreChanges ?? []) {
      delete inputs[input];
      if (input in before.inputs) inputs[input] = before.inputs[input];
    }
    return { ...resource, inputs };
  }

  /** The running container of a resource. */
  container(name: string): Docker.Container {
    const resource = this.state.get(`${CONTAINER} ${name}`);
    return this.docker.getContainer(String(resource?.inputs.name));
  }

  /** Creates or updates one of our own resources, when its provider says that there is something to do. */
  private async guard(resource: Registration): Promise<void> {
    const provider = GUARDS[resource.type] as typeof serverGuard & Partial<Pick<typeof volumeGuard, "check">>;
    const inputs = this.withIds(plain(resource.inputs) as Record<string, unknown>);
    const olds = this.guards.get(key(resource)) as (GuardedServer & Identity) | undefined;
    const { failures = [] } = (await provider.check?.(olds as never, inputs as never)) ?? {};
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    if (!olds) {
      this.done.push(`create ${resource.name}`);
      this.guards.set(key(resource), (await provider.create(inputs)).outs);
    } else if ((await provider.diff("", olds, inputs)).changes) {
      this.done.push(`update ${resource.name}`);
      this.guards.set(key(resource), (await provider.update("", olds, inputs)).outs ?? {});
    }
  }

  /** Inputs that are ids of containers, as the provider has given them. */
  private withIds(inputs: Record<string, unknown>): GuardedServer {
    const known = (id: unknown) => this.ids.get(String(id).replace(/-id$/, ""));
    const ids = ["containerId", "carrierId"].filter((name) => name in inputs);
    return { ...inputs, ...Object.fromEntries(ids.map((name) => [name, known(inputs[name])])) } as never;
  }

  /** Forgets a resource that stays on the engine: what an `up` leaves that is killed before it has written its state. */
  forget(type: "Container" | "Network", name: string): void {
    this.state.delete(`docker:index/${type === "Network" ? "network" : "container"}:${type} ${name}`);
  }

  private async change(before: Registration, after: Registration): Promise<void> {
    const changed = Object.keys({ ...before.inputs, ...after.inputs }).filter(
      (input) => !isDeepStrictEqual(before.inputs[input], after.inputs[input]),
    );
    if (after.type === CONTAINER && before !== after) {
      if (changed.every((input) => [...UPDATED, ...NOT_APPLIED].includes(input))) {
        this.done.push(`update ${after.name}`);
        const { Memory, MemorySwap, RestartPolicy } = containerPlan(after).create.HostConfig ?? {};
        await this.container(after.name).update({ Memory, MemorySwap, RestartPolicy });
        return;
      }
    }
    // Nothing is deleted with an image that is kept, so old and new do not meet.
    if (after.type === IMAGE) return this.make(after);
    if (!after.options.deleteBeforeReplace) {
      throw new Error(`${after.type} ${after.name} would be replaced beside its old self: ${changed}.`);
    }
    this.done.push(`replace ${after.name}`);
    await this.remove(before);
    // Pulumi writes its state after each step: now there is none.
    this.state.delete(key(before));
    await this.make(after);
  }

  private async create(resource: Registration): Promise<void> {
    this.done.push(`create ${resource.name}`);
    await this.make(resource);
  }

  private async delete(resource: Registration): Promise<void> {
    if (resource.options.protect) throw new Error(`${resource.name} is protected.`);
    this.state.delete(key(resource));
    if (resource.options.retainOnDelete) return;
    this.done.push(`delete ${resource.name}`);
    if (resource.type in GUARDS) {
      const provider = GUARDS[resource.type] as typeof networkGuard;
      await provider.delete("", this.guards.get(key(resource)) as GuardedNetwork);
      this.guards.delete(key(resource));
      return;
    }
    await this.remove(resource);
  }

  private async make(resource: Registration): Promise<void> {
    if (resource.type === CONTAINER) return this.makeContainer(resource);
    const inputs = Inputs.of(resource);
    if (resource.type === IMAGE) {
      inputs.take("keepLocally");
      // Pulled when missing; where there is no registry, that is an error, and so it is here.
      await this.docker.getImage(inputs.take("name")).inspect();
    } else if (resource.type === NETWORK) {
      const Labels = labelsOf(inputs);
      const name = inputs.take<string>("name");
      // The hook that Pulumi calls before it creates.
      await removeLeftNetwork(this.docker, name, Labels[OWNER_LABEL] ?? "");
      await this.docker.createNetwork({
        Name: name,
        Driver: inputs.take("driver"),
        Labels,
        CheckDuplicate: true,
      });
    } else if (resource.type === VOLUME) {
      const Name = inputs.take<string>("name");
      await this.docker.createVolume({ Name, Labels: labelsOf(inputs) });
    } else throw new Error(`${resource.type} is unknown to this harness.`);
    inputs.done();
  }

  private async makeContainer(resource: Registration): Promise<void> {
    const spec = containerPlan(resource);
    // The hook that Pulumi calls before it creates.
    const { name = "", Labels } = spec.create;
    if (this.hooks === "all") await removeLeftContainer(this.docker, name, Labels?.[OWNER_LABEL] ?? "");
    const Healthcheck = spec.create.Healthcheck && { ...spec.create.Healthcheck, Interval: SECOND };
    const hurried = Healthcheck !== undefined && this.health === "hurried";
    const container = await this.docker.createContainer({ ...spec.create, ...(hurried && { Healthcheck }) });
    await this.join(container, spec);
    for (const { file, content, mode } of spec.uploads) {
      await container.putArchive(tarOf(file, content, mode), { path: "/" });
    }
    if (spec.start) {
      await container.start();
      if (spec.wait) await until(`${resource.name} is healthy`, () => healthy(container), spec.waitTimeout);
    }
    this.ids.set(resource.name, container.id);
    const found = await container.inspect();
    if (hurried)
      found.Config.Healthcheck = { ...found.Config.Healthcheck, Interval: spec.create.Healthcheck?.Interval };
    const seen = readBack(found);
    const declared = plain(resource.inputs) as Record<string, unknown>;
    const different = Object.keys(declared).filter(
      (input) => input in seen && !isDeepStrictEqual(seen[input], declared[input]),
    );
    if (different.length > 0) {
      throw new Error(
        `${resource.name} would differ for ever in ${different.map((input) => `${input}: ${JSON.stringify(seen[input])} instead of ${JSON.stringify(declared[input])}`)}`,
      );
    }
  }

  private async join(container: Docker.Container, { networks }: ContainerPlan): Promise<void> {
    if (networks.length === 0) return;
    await this.docker.getNetwork("bridge").disconnect({ Container: container.id });
    for (const { name, aliases } of networks) {
      const EndpointConfig = { Aliases: [...aliases] };
      await this.docker.getNetwork(name).connect({ Container: container.id, EndpointConfig });
    }
  }

  private async remove(resource: Registration): Promise<void> {
    const name = String(plain(resource.inputs.name));
    if (resource.type === CONTAINER) {
      const container = this.docker.getContainer(this.ids.get(resource.name) ?? name);
      const { graceSeconds } = containerPlan(resource);
      // 304 is what a container that was never started answers. One that is gone is an error, as in the provider.
      if (graceSeconds > 0) await container.stop({ t: graceSeconds }).catch(unlessStatus(304));
      await container.remove({ v: true, force: true });
    } else if (resource.type === NETWORK)
      await this.docker.getNetwork(name).remove().catch(unlessStatus(404));
    else if (resource.type === VOLUME) await this.docker.getVolume(name).remove().catch(unlessStatus(404));
  }
}

function labelsOf(inputs: Inputs): Record<string, string> {
  const labels = inputs.each("labels", (label) => [label.take<string>("label"), label.take<string>("value")]);
  return Object.fromEntries(labels);
}

async function healthy(container: Docker.Container): Promise<boolean> {
  return (await container.inspect()).State.Health?.Status === "healthy";
}

function unlessStatus(...expected: number[]): (error: { statusCode?: number }) => void {
  return (error) => {
    if (!expected.includes(error.statusCode ?? 0)) throw error;
  };
}

function key({ type, name }: Registration): string {
  return `${type} ${name}`;
}

/** Dependencies first. */
function inOrder(resources: readonly Registration[]): Registration[] {
  const ordered = new Set<Registration>();
  const visit = (resource: Registration) => {
    for (const name of resource.options.dependsOn ?? []) {
      for (const dependency of resources.filter((candidate) => candidate.name === name)) visit(dependency);
    }
    ordered.add(resource);
  };
  for (const resource of resources) visit(resource);
  return [...ordered];
}
