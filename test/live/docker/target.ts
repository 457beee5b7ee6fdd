import Docker from "dockerode";
import type { DockerTopologyArgs } from "../../../components/backends/docker/args";
import { DockerTopology } from "../../../components/backends/docker/component";
import type { Guarantees } from "../../../components/redis/guarantees";
import type { Role } from "../../../components/redis/roles";
import { ROLES } from "../../../components/redis/roles";
import type { Recording } from "../../mocked/harness";
import { record, resolved } from "../../mocked/harness";
import { until } from "../clients";
import { freePort } from "../servers";
import type { LiveConnection, LiveMemory, LiveTarget } from "../target";
import { LiveEngine, NETWORK } from "./engine";
import { runOnce } from "./execute";
import { LOCAL_IMAGE, localImage } from "./image";
import { MemoryWatch } from "./memory";

export interface TargetOptions {
  /** Default `redis-topology`. */
  readonly project?: string;
  /** Whether the engine asks for a server's health as often as declared. Default: each second. */
  readonly health?: "declared";
  /** As the program gives it; default none, as in a program of somebody's own. */
  readonly section?: string;
}

/** A recorded DockerTopology on a real engine. */
export class DockerTarget implements LiveTarget {
  readonly engine: LiveEngine;
  guarantees: Guarantees = {};
  private readonly watches = new Map<Role, MemoryWatch>();
  private readonly connections = new Map<Role, LiveConnection>();

  private constructor(
    private readonly stack: string,
    private readonly project: string,
    /** Id of the image. */
    readonly image: string,
    /** What the topology was started with. */
    readonly args: DockerTopologyArgs,
    private readonly section: string | undefined,
    health?: "declared",
  ) {
    this.engine = new LiveEngine(new Docker(), health);
  }

  /** A topology called `redis`, from the local image and on free ports, of which nothing is there yet. */
  static async prepare(
    stack: string,
    args: DockerTopologyArgs,
    { project = "redis-topology", health, section }: TargetOptions = {},
  ): Promise<DockerTarget> {
    const image = await localImage(new Docker());
    const first = { image: LOCAL_IMAGE, ...args };
    for (const role of ROLES) if (args[role]) first[role] = { port: await freePort(), ...args[role] };
    return new DockerTarget(stack, project, image, first, section, health);
  }

  /** Brings such a topology up. */
  static async start(
    stack: string,
    args: DockerTopologyArgs,
    options?: TargetOptions,
  ): Promise<DockerTarget> {
    const target = await DockerTarget.prepare(stack, args, options);
    try {
      await target.redeploy({});
    } catch (error) {
      await target.remove();
      throw error;
    }
    return target;
  }

  connection(role: Role): LiveConnection {
    const connection = this.connections.get(role);
    if (!connection) throw new Error(`There is no ${role}.`);
    return connection;
  }

  async kill(role: Role): Promise<void> {
    const container = this.container(role);
    const { Pid } = (await container.inspect()).State;
    await this.killProcess(Pid);
    await until("the engine has started Redis again", async () => {
      const { State } = await container.inspect();
      // While it waits to start again, a container counts as running, without a process.
      return State.Running && State.Pid !== 0 && State.Pid !== Pid;
    });
    await this.watch();
  }

  async restart(role: Role): Promise<void> {
    await this.container(role).restart();
    await this.watch();
  }

  async recreate(role: Role): Promise<void> {
    await this.engine.recreate(`redis-${role}`);
    await this.watch();
  }

  async redeploy(more: DockerTopologyArgs): Promise<void> {
    const args = { ...this.args, ...more };
    for (const role of ROLES) if (this.args[role]) args[role] = { ...this.args[role], ...more[role] };
    const { resources, result } = await this.program(args);
    await this.engine.deploy(resources);
    await this.connect(result);
  }

  /** Takes the program's outputs for those of what is there. */
  async connect(result: DockerTopology): Promise<void> {
    this.guarantees = result.guarantees;
    for (const role of ROLES) {
      const endpoint = result[role];
      if (!endpoint) continue;
      const { host, port, username, password } = endpoint;
      this.connections.set(role, await resolved({ host, port, username, password }));
    }
    await this.watch();
  }

  /** What the program registers for these args, with what the engine and the random provider would answer. */
  program(args: DockerTopologyArgs): Promise<Recording<DockerTopology>> {
    return record(
      () => new DockerTopology("redis", args, this.section === undefined ? {} : { section: this.section }),
      {
        project: this.project,
        stack: this.stack,
        state: ({ type, name }) => ({
          ...(type.endsWith(":RemoteImage") && { imageId: this.image, repoDigest: "" }),
          ...(type.endsWith(":RandomPassword") && { result: `made-for-${this.stack}-${name}` }),
          ...this.kept(type, name),
        }),
      },
    );
  }

  /** The network's name, from which the others come, is the state's: its changes are ignored. */
  private kept(type: string, name: string): { name?: unknown } {
    const known = type === NETWORK ? this.engine.known(type, name, "name") : undefined;
    return known === undefined ? {} : { name: known };
  }

  async memory(role: Role): Promise<LiveMemory> {
    const watch = this.watches.get(role);
    if (!watch) throw new Error(`There is no ${role}.`);
    return watch.read();
  }

  async remove(): Promise<void> {
    for (const watch of this.watches.values()) watch.stop();
    await this.engine.destroy();
    const volumes = await this.engine.docker.listVolumes();
    const left = volumes.Volumes.filter(({ Name }) =>
      Name.startsWith(`${this.project}-${this.stack}-redis-`),
    );
    for (const { Name } of left) await this.engine.docker.getVolume(Name).remove();
  }

  container(role: Role): Docker.Container {
    return this.engine.container(`redis-${role}`);
  }

  /** Not by the engine, for which a container that it was asked to kill is meant to stay dead. */
  private async killProcess(pid: number): Promise<void> {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
      // Whoever runs the tests need not be root, but may use the engine: a container that sees the machine's processes.
      const options = { HostConfig: { PidMode: "host" }, Cmd: ["sh", "-c", `kill -9 ${pid}`] };
      await runOnce(this.engine.docker, options);
    }
  }

  private async watch(): Promise<void> {
    for (const role of ROLES) {
      if (!this.args[role]) continue;
      this.watches.get(role)?.stop();
      this.watches.set(role, await MemoryWatch.of(this.container(role)));
    }
  }
}
