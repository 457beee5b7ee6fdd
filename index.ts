import { createTopology } from "./components/create";
import { readSettings } from "./settings";

/** The program: reads the stack's settings, creates the topology, exports its outputs. */
export = async () => {
  const topology = await createTopology("redis", readSettings());
  const { backend, cache, queue, env, bullmq, guarantees, details } = topology;
  return { backend, cache, queue, env, bullmq, guarantees, details };
};
