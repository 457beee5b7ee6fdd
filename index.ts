import { createTopology } from "./components/create";
import { readSettings } from "./settings";

const settings = readSettings();

/** The program: reads the stack's settings, creates the topology, exports its outputs. */
export = async () => {
  const topology = await createTopology("redis", settings);
  const { backend, cache, queue, env, bullmq, guarantees, details } = topology;
  return { backend, cache, queue, env, bullmq, guarantees, details };
};
