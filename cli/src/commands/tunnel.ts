import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { Role } from "redis-topology/redis";
import { isPort } from "redis-topology/redis";
import { until } from "../deadline";
import { FailedError } from "../errors";
import { endpointOf } from "../reach";
import type { Run, RunOptions } from "../run";
import { addRunOptions, runCommand } from "../run";
import { LOCALHOST, listens, openTunnel } from "../tunnel";
import { roleArgument } from "./roleArgument";

interface Options extends RunOptions {
  port?: number;
}

const ANSWER_MS = 3000;

/** Adds `tunnel`: holds a way to a role's server open, for other programs. */
export function addTunnel(program: Command): void {
  const command = program
    .command("tunnel")
    .description("hold a tunnel to a role's server open and print its local address, until Ctrl-C")
    .addArgument(roleArgument())
    .option("--port <port>", "the local port; default a free one", parsePort);
  addRunOptions(command).addHelpText("after", "\nExample: redis-topology tunnel queue -s prod --port 16380");
  command.action((role: Role, options: Options) =>
    runCommand({ ...options, role: [role] }, (run) => hold(run, role, options.port)),
  );
}

async function hold(run: Run, role: Role, port: number | undefined): Promise<number> {
  const { host, port: farPort, tls } = endpointOf(run.outputs, role);
  const { tunnel: way, instead } = run.outputs.ways?.[role] ?? {};
  if (way === undefined) {
    if (!(await listens(host, farPort, ANSWER_MS)))
      throw new FailedError(
        [`${host}:${farPort} does not answer, and the outputs name no tunnel to it.`, instead]
          .filter(Boolean)
          .join(" "),
      );
    run.print({ role, host, port: farPort }, () => `${host}:${farPort}\n`);
    run.say(`the ${role} answers directly; no tunnel is needed`);
    return 0;
  }
  const tunnel = await openTunnel(way, host, run.signal, port);
  run.atEnd(() => tunnel.close());
  const near = { role, host: LOCALHOST, port: tunnel.port, ...(tls && { servername: host }) };
  run.print(near, () => `${LOCALHOST}:${tunnel.port}\n`);
  run.say(`${tunnel.command}; Ctrl-C closes it`);
  const words = await until(run.signal, tunnel.ended);
  throw new FailedError(`The tunnel \`${tunnel.command}\` has ended: ${words}`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!isPort(port)) throw new InvalidArgumentError("Allowed: a port from 1 to 65535.");
  return port;
}
