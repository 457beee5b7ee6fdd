import { isIP } from "node:net";

const LAST_PORT = 65535;

/** How messages say what a port may be. */
export const PORT_RANGE = `a whole number from 1 to ${LAST_PORT}`;

export function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= LAST_PORT;
}

/** Whether packets to this host never leave it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
