import * as pulumi from "@pulumi/pulumi";
import { createTopology } from "redis-topology/create";
import { isStale } from "./dev/build.cjs";
import { readSettings } from "./settings";

/** The program: reads the stack's settings, creates the topology, exports its outputs. */
export = async () => {
  if (isStale()) pulumi.log.warn("components/ was changed and not compiled since: run `npm run build`.");
  const settings = await readSettings();
  const { section } = settings;
  const topology = await createTopology(settings.backend, "redis", settings.args, { section });
  const { backend, cache, queue, env, bullmq, network, details, guarantees, ways } = topology;
  const outputs = { backend, cache, queue, env, bullmq, network, details, guarantees, ways };
  // Pulumi warns of an output that is undefined.
  return Object.fromEntries(Object.entries(outputs).filter(([, output]) => output !== undefined));
};
