import { createTopology, requireReachable } from "./components/create";
import { readSettings } from "./settings";

const settings = readSettings();

/** The program: reads the stack's settings, creates the topology, exports its outputs. */
export = async () => {
  await requireReachable(settings);
  const topology = await createTopology("redis", settings);
  const { backend, cache, queue, env, bullmq, network, guarantees, details } = topology;
  return {
    backend,
    cache,
    queue,
    env,
    bullmq,
    ...(network && { network }),
    guarantees,
    ...(details && { details }),
  };
};
