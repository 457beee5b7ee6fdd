import { createTopology } from "./components/create";
import { readSettings } from "./settings";

const settings = readSettings();

/** The program: reads the stack's settings, creates the topology, exports its outputs. */
export = async () => {
  const { backend, cache, queue, env, bullmq, guarantees } = await createTopology("redis", settings);
  return { backend, cache, queue, env, bullmq, guarantees };
};
