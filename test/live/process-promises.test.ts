import { rmSync } from "node:fs";
import { ProcessTopology } from "../../components/backends/process/component";
import { provider } from "../../components/backends/process/provider";
import type { RedisServerInputs, RedisServerState } from "../../components/backends/process/redisServer";
import { isAlive } from "../../components/backends/process/server/processes";
import type { TopologyArgs } from "../../components/contract";
import type { Role } from "../../components/redis/roles";
import { ROLES } from "../../components/redis/roles";
import { plain, record } from "../mocked/harness";
import { livePromises } from "./promises";
import { freePort, temporaryFolder, withRedis } from "./servers";
import type { LiveTarget } from "./target";

livePromises("process", async (first) => {
  const directory = temporaryFolder();
  const ports = { cache: await freePort(), queue: await freePort() };
  const states = new Map<Role, RedisServerState>();

  /** What the component declares for these args, as the engine would hand it to the provider. */
  const declared = async (args: TopologyArgs) => {
    const merged = {
      ...first,
      cache: { ...first.cache, ...args.cache, port: ports.cache },
      queue: { ...first.queue, ...args.queue, port: ports.queue },
      directory,
    };
    const recording = await record(() => new ProcessTopology("live", merged));
    const inputs = recording.resources
      .filter(({ custom }) => custom)
      .map((resource) => plain(resource.inputs));
    return { guarantees: recording.result.guarantees, servers: inputs as unknown as RedisServerInputs[] };
  };
  const state = (role: Role) => {
    const known = states.get(role);
    if (!known) throw new Error(`There is no ${role}.`);
    return known;
  };
  /** An `up`: the provider's diff decides, as it does for Pulumi. */
  const deploy = async (servers: readonly RedisServerInputs[]) => {
    for (const inputs of servers) {
      const role = inputs.role as Role;
      const known = states.get(role);
      if (!known) states.set(role, (await provider.create(inputs)).outs as RedisServerState);
      else if ((await provider.diff("", known, inputs)).changes) {
        states.set(role, (await provider.update("", known, inputs)).outs as RedisServerState);
      }
    }
  };
  const { guarantees, servers } = await declared({});
  await deploy(servers);
  const again = (role: Role) => deploy(servers.filter((inputs) => inputs.role === role));

  const target: LiveTarget = {
    guarantees,
    connection: (role) => ({ ...state(role), username: "default" }),
    async kill(role) {
      const info = await withRedis(state(role), (redis) => redis.info("server"));
      const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
      process.kill(pid, "SIGKILL");
      while (await isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
      await again(role);
    },
    async restart(role) {
      await withRedis(state(role), (redis) => redis.shutdown()).catch(() => {});
      await again(role);
    },
    async recreate(role) {
      await provider.delete("", state(role));
      states.delete(role);
      await again(role);
    },
    async redeploy(args) {
      await deploy((await declared(args)).servers);
    },
    async remove() {
      for (const role of ROLES) await provider.delete("", state(role));
      rmSync(directory, { recursive: true });
    },
  };
  return target;
});
