import { once } from "node:events";
import { createServer } from "node:net";

/** A port of an address that nothing listens on, for what must know its port before it listens. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
