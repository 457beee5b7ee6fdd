import { createTopology } from "./components/create";
import { readSettings } from "./settings";

const settings = readSettings();

/** The program: reads the stack's settings, creates the topology, exports its outputs. */
export = async () => {
  const { backend, cache, queue, env, bullmq, guarantees, details } = await createTopology("redis", settings);
  const outputs = { backend, cache, queue, env, bullmq, guarantees, details };
  // Pulumi warns of an output that is undefined.
  return Object.fromEntries(Object.entries(outputs).filter(([, output]) => output !== undefined));
};
