import { ProcessTopology } from "redis-topology/process";

/** As many topologies as the environment says. Previewed only, so the ports need not be free. */
const FIRST_PORT = 20_000;

for (let number = 0; number < Number(process.env.BENCH_TOPOLOGIES); number += 1) {
  const port = FIRST_PORT + 2 * number;
  new ProcessTopology(`redis-${number}`, { cache: { port }, queue: { port: port + 1 } });
}
