import { isPort } from "../../redis/address";
import { shownNear } from "../../redis/near";
import type { Problem } from "../../redis/problems";
import { shapeOf, shown, shownNumber } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import type { AppContainer, LightsailTopologyArgs } from "./args";

/** Lightsail quotas: containers of one deployment, Redis among them. */
const MOST_CONTAINERS = 10;
/** Lightsail API, `ContainerName`. */
const MOST_NAME = 53;
const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const PROTOCOLS = ["HTTP", "HTTPS", "TCP", "UDP"];

/** Everything wrong with the user's own containers, beside Redis' own names and ports. */
export function appProblems(
  args: LightsailTopologyArgs,
  redis: { readonly names: readonly string[]; readonly ports: readonly number[] },
): Problem[] {
  const app = args.app ?? [];
  const problems = app.flatMap((container, index) =>
    containerProblems(container, `app.${index}`, redis.ports),
  );
  problems.push(...sharedPorts(app));
  const names = [...redis.names, ...app.map(({ name }) => name)];
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    const fix = "Rename one of them.";
    problems.push({
      key: "app",
      // The user's own names may be anything.
      was: redis.names.includes(name) ? `two containers called ${shown(name)}` : "two containers of one name",
      allowed: "different names",
      fix,
    });
  }
  if (names.length > MOST_CONTAINERS) {
    const allowed = `at most ${MOST_CONTAINERS} in a deployment, Redis among them`;
    problems.push({ key: "app", was: `${names.length} containers`, allowed, fix: "Merge some." });
  }
  if (args.deploy === false && app.length > 0) {
    const fix = "Remove it: the containers stand in your own deployment file then.";
    problems.push({
      key: "app",
      was: say`given beside ${key("deploy", "false")}`,
      allowed: "one of the two",
      fix,
    });
  }
  return [...problems, ...endpointProblems(args)];
}

function containerProblems(container: AppContainer, path: string, taken: readonly number[]): Problem[] {
  const problems: Problem[] = [];
  if (!isName(container.name)) {
    problems.push({
      key: `${path}.name`,
      was: shapeOf(container.name),
      allowed: `1 to ${MOST_NAME} lower-case letters, digits and inner hyphens`,
      fix: "Correct the name.",
    });
  }
  for (const [port, protocol] of Object.entries(container.ports ?? {})) {
    const portKey = `${path}.ports.${port}`;
    if (!/^\d+$/.test(port) || !isPort(Number(port)) || !PROTOCOLS.includes(protocol)) {
      const allowed = `a port from 1 to 65535 with ${PROTOCOLS.join(", ")}`;
      problems.push({
        key: portKey,
        was: shownNear(protocol, PROTOCOLS),
        allowed,
        fix: "Correct port or protocol.",
      });
    }
    if (taken.includes(Number(port))) {
      const allowed = "a port that Redis does not have: all containers share one network namespace";
      problems.push({ key: portKey, was: "taken by Redis", allowed, fix: "Choose another port." });
    }
  }
  return problems;
}

/** Only one container can listen on a port: the second would fail to start, and the deployment with it. */
function sharedPorts(app: readonly AppContainer[]): Problem[] {
  const opened = app.flatMap(({ ports }, index) => {
    return Object.entries(ports ?? {}).map(([port, protocol]) => ({
      path: `app.${index}.ports.${port}`,
      socket: `${Number(port)}/${protocol === "UDP" ? "udp" : "tcp"}`,
    }));
  });
  return opened.flatMap(({ path, socket }, index) => {
    const first = opened.findIndex((other) => other.socket === socket);
    if (first === index) return [];
    const allowed = "a port of its own: all containers share one network namespace";
    return [
      {
        key: path,
        was: say`the port of ${key(opened[first]?.path ?? path)}`,
        allowed,
        fix: "Let one of them listen on another port.",
      },
    ];
  });
}

function isName(name: string): boolean {
  return NAME.test(name) && name.length <= MOST_NAME;
}

function endpointProblems({ app = [], publicEndpoint }: LightsailTopologyArgs): Problem[] {
  if (!publicEndpoint) return [];
  const { container, port, healthPath } = publicEndpoint;
  const path: Problem[] = [];
  if (healthPath !== undefined && !String(healthPath).startsWith("/")) {
    const allowed = "a path from the root, such as `/health`";
    const fix = "Put a `/` before it.";
    path.push({ key: "publicEndpoint.healthPath", was: shapeOf(healthPath), allowed, fix });
  }
  return [...path, ...containerPortProblems(app, container, port)];
}

function containerPortProblems(app: readonly AppContainer[], container: string, port: number): Problem[] {
  const target = app.find(({ name }) => name === container);
  if (!target) {
    const allowed = say`the name of a container in ${key("app")}; never Redis`;
    const fix = "Name the container that serves HTTP.";
    return [{ key: "publicEndpoint.container", was: shapeOf(container), allowed, fix }];
  }
  if (["HTTP", "HTTPS"].includes(target.ports?.[port] ?? "")) return [];
  const allowed = "an HTTP or HTTPS port of that container";
  const fix = `Add it to the container's ports: \`{ "${port}": "HTTP" }\`.`;
  return [{ key: "publicEndpoint.port", was: shownNumber(port), allowed, fix }];
}
