import { createTopology, requireReachable } from "./components/create";
import { readSettings } from "./settings";

/** The program: reads the stack's settings, creates the topology, exports its outputs. */
export = async () => {
  const settings = readSettings();
  await requireReachable(settings);
  const topology = await createTopology("redis", settings);
  const { backend, cache, queue, env, bullmq, network, guarantees } = topology;
  return { backend, cache, queue, env, bullmq, ...(network && { network }), guarantees };
};
