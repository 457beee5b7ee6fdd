import type { ContainerCreateOptions, ContainerInspectInfo } from "dockerode";
import type { Registration } from "../../mocked/harness";
import { Inputs } from "./inputs";

const MIB = 1024 * 1024;

/** A container as the provider would make it. */
export interface ContainerPlan {
  readonly create: ContainerCreateOptions;
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  readonly uploads: readonly { readonly file: string; readonly content: string; readonly mode: number }[];
  readonly start: boolean;
  /** Whether to wait until the health check succeeds, and for how many seconds. */
  readonly wait: boolean;
  readonly waitTimeout: number;
  /** Seconds that `docker stop` gets before the container is removed; 0 kills at once. */
  readonly graceSeconds: number;
}

/**
 * What the provider sends to the engine for these inputs (terraform-provider-docker,
 * resource_docker_container_funcs.go). An input that is not read here fails the test.
 */
export function containerPlan(registration: Registration): ContainerPlan {
  const inputs = Inputs.of(registration);
  const ports = inputs.each("ports", (port) => ({
    key: `${port.take("internal")}/${port.optional("protocol") ?? "tcp"}`,
    binding: { HostIp: port.optional<string>("ip") ?? "0.0.0.0", HostPort: String(port.take("external")) },
  }));
  const memorySwap = inputs.optional<number>("memorySwap");
  const capabilities = inputs.one("capabilities", (item) => ({
    CapAdd: (item.optional<string[]>("adds") ?? []).map(capability),
    CapDrop: (item.optional<string[]>("drops") ?? []).map(capability),
  }));
  const plan: ContainerPlan = {
    create: {
      name: inputs.take("name"),
      Image: inputs.take("image"),
      Cmd: inputs.optional("command"),
      User: inputs.optional("user"),
      StopTimeout: inputs.optional("stopTimeout"),
      Labels: Object.fromEntries(
        inputs.each("labels", (label) => [label.take<string>("label"), label.take<string>("value")]),
      ),
      Healthcheck: inputs.one("healthcheck", (check) => ({
        Test: check.take("tests"),
        Interval: nanoseconds(check.take("interval")),
        Timeout: nanoseconds(check.take("timeout")),
        Retries: check.take("retries"),
      })),
      ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])),
      HostConfig: {
        ...capabilities,
        Init: false,
        ReadonlyRootfs: inputs.optional("readOnly") ?? false,
        NetworkMode: inputs.optional("networkMode") ?? "bridge",
        IpcMode: inputs.optional("ipcMode"),
        SecurityOpt: inputs.optional("securityOpts"),
        Tmpfs: inputs.optional("tmpfs"),
        Memory: (inputs.optional<number>("memory") ?? 0) * MIB,
        MemorySwap: (memorySwap ?? 0) * MIB,
        RestartPolicy: { Name: inputs.optional("restart") ?? "no" },
        LogConfig: {
          Type: inputs.optional("logDriver") ?? "",
          Config: inputs.optional("logOpts") ?? {},
        },
        Ulimits: inputs.each("ulimits", (limit) => ({
          Name: limit.take("name"),
          Soft: limit.take("soft"),
          Hard: limit.take("hard"),
        })),
        PortBindings: Object.fromEntries(ports.map(({ key, binding }) => [key, [binding]])),
        Binds: inputs.each("volumes", (volume) => {
          const mode = volume.optional("readOnly") ? "ro" : "rw";
          return `${volume.take("volumeName")}:${volume.take("containerPath")}:${mode}`;
        }),
      },
    },
    networks: inputs.each("networksAdvanced", (network) => ({
      name: network.take("name"),
      aliases: network.optional("aliases") ?? [],
    })),
    uploads: inputs.each("uploads", (upload) => ({
      file: upload.take("file"),
      content: upload.take("content"),
      mode: Number.parseInt(upload.optional("permissions") ?? "0644", 8),
    })),
    start: inputs.optional("start") ?? true,
    wait: inputs.optional("wait") ?? false,
    waitTimeout: inputs.optional("waitTimeout") ?? 60,
    graceSeconds: inputs.optional("destroyGraceSeconds") ?? 0,
  };
  // A container that never runs must say so, or every refresh would want to start it.
  if (!plan.start && inputs.optional("mustRun") !== false) {
    throw new Error(`${registration.name} is not started, so mustRun must be false.`);
  }
  inputs.done();
  return plan;
}

/**
 * The inputs that the provider reads back from the engine, in its own words. Where they differ from what was
 * declared, every `pulumi up` after a refresh would change or replace the container.
 */
export function readBack({ Name, Image, Config, HostConfig }: ContainerInspectInfo): Record<string, unknown> {
  const check = Config.Healthcheck;
  return {
    name: Name.replace(/^\//, ""),
    image: Image,
    command: Config.Cmd,
    user: Config.User,
    readOnly: HostConfig.ReadonlyRootfs,
    securityOpts: HostConfig.SecurityOpt,
    ipcMode: HostConfig.IpcMode,
    restart: HostConfig.RestartPolicy?.Name,
    tmpfs: HostConfig.Tmpfs,
    memory: (HostConfig.Memory ?? 0) / MIB,
    memorySwap: (HostConfig.MemorySwap ?? 0) / MIB,
    logDriver: HostConfig.LogConfig?.Type,
    logOpts: HostConfig.LogConfig?.Config,
    networkMode: HostConfig.NetworkMode,
    // Missing in the client's types, though the engine says it.
    stopTimeout: (Config as { StopTimeout?: number }).StopTimeout,
    ulimits: HostConfig.Ulimits?.map(({ Name: name, Soft: soft, Hard: hard }) => ({ hard, name, soft })),
    capabilities: {
      ...(HostConfig.CapAdd?.length && { adds: HostConfig.CapAdd }),
      ...(HostConfig.CapDrop?.length && { drops: HostConfig.CapDrop }),
    },
    healthcheck: check && {
      tests: check.Test,
      interval: duration(check.Interval ?? 0),
      timeout: duration(check.Timeout ?? 0),
      retries: check.Retries,
    },
    ports: Object.entries(HostConfig.PortBindings ?? {}).flatMap(([key, bindings]) =>
      (bindings as { HostIp: string; HostPort: string }[]).map(({ HostIp, HostPort }) => ({
        external: Number(HostPort),
        internal: Number(key.split("/")[0]),
        ip: HostIp,
        protocol: key.split("/")[1],
      })),
    ),
  };
}

/** `5s` or `1m0s` as nanoseconds; other units are not used here. */
function nanoseconds(text: string): number {
  const [, minutes = "0", seconds] = /^(?:(\d+)m)?(\d+)s$/.exec(text) ?? [];
  if (seconds === undefined) throw new Error(`${text} is not a duration that this harness reads.`);
  return (Number(minutes) * 60 + Number(seconds)) * 1e9;
}

/** As Go prints it. */
function duration(ns: number): string {
  const seconds = ns / 1e9;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** The engine adds the prefix itself and hands it back, which the provider takes for a change. */
function capability(name: string): string {
  if (name !== "ALL" && !name.startsWith("CAP_")) throw new Error(`${name} must be CAP_${name}.`);
  return name;
}
