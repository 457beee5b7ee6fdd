import { DEFAULT_USERNAME } from "../../redis/acl";
import { isLoopback, isPort, PORT_RANGE } from "../../redis/address";
import type { Problem } from "../../redis/problems";
import { shapeOf, shownNumber } from "../../redis/problems";
import type { Role } from "../../redis/roles";
import { key, say } from "../../redis/sentence";

/** Where a server is and how to log in; plain data. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** Empty where the server has none. */
  readonly password: string;
  readonly tls: boolean;
}

/** `ExternalServerArgs` with every value known. */
export interface PlainServer {
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: boolean;
  readonly acceptInsecure?: boolean;
}

const DEFAULT_PORT = 6379;
const PARTS = ["host", "port", "username", "password", "tls"] as const;
const KNOWN_SCHEMES = /^(?:https?|tcp|unix|valkeys?):$/;
const URL_FORM = "redis://user:password@host:port or rediss://…, without database and query";

/** The address of a role's server, and everything wrong with it. No message holds the URL or the password. */
export function readAddress(role: Role, server: PlainServer): { address?: Address; problems: Problem[] } {
  const path = `${role}Server`;
  const problems: Problem[] = [];
  const address =
    server.url === undefined ? fromParts(path, server, problems) : fromUrl(path, server, problems);
  if (!address) return { problems };
  if (!isPort(address.port)) {
    problems.push({
      key: `${path}.port`,
      was: shownNumber(address.port),
      allowed: PORT_RANGE,
      fix: "Use the port that the server's provider shows.",
    });
  }
  problems.push(...insecurities(path, address, server.acceptInsecure ?? false));
  return { address, problems };
}

function fromParts(path: string, server: PlainServer, problems: Problem[]): Address | undefined {
  const { host, port = DEFAULT_PORT, username = DEFAULT_USERNAME, password = "" } = server;
  if (PARTS.every((part) => server[part] === undefined)) {
    problems.push({
      key: `${path}.url`,
      was: "missing",
      allowed: `${URL_FORM}; or its parts: host, port, username, password, tls`,
      fix: "Copy it from the server's provider, and give it as a secret.",
    });
    return undefined;
  }
  if (host === undefined || host === "" || /[\s/@[\]]/.test(host)) {
    problems.push({
      key: `${path}.host`,
      // A URL with a password, given as the host, is the mistake to expect.
      was: host === undefined ? "missing" : shapeOf(host),
      allowed: say`a host name or address, or ${key(`${path}.url`)} instead of all parts`,
      fix: "Use the host that the server's provider shows, without scheme, brackets and port.",
    });
    return undefined;
  }
  return { host, port, username, password, tls: server.tls ?? !isLoopback(host) };
}

function fromUrl(path: string, server: PlainServer, problems: Problem[]): Address | undefined {
  const beside = PARTS.filter((part) => server[part] !== undefined);
  if (beside.length > 0) {
    problems.push({
      key: `${path}.url`,
      was: `given beside ${beside.join(", ")}`,
      allowed: "the url alone, or the parts alone",
      fix: "Remove one of the two.",
    });
  }
  const address = parseUrl(server.url ?? "");
  if (typeof address !== "string") return address;
  problems.push({
    key: `${path}.url`,
    was: address,
    allowed: URL_FORM,
    fix: "Copy it from the server's provider; percent-encode odd characters of the password.",
  });
  return undefined;
}

/** The address in a URL, or what is wrong with it. */
function parseUrl(text: string): Address | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return "not a URL";
  if (!["redis:", "rediss:"].includes(url.protocol)) {
    // Before its colon may stand the start of a password.
    return KNOWN_SCHEMES.test(url.protocol)
      ? `a URL of the scheme "${url.protocol}"`
      : "a URL of another scheme";
  }
  if (url.hostname === "") return "a URL without a host";
  if (!["", "/", "/0"].includes(url.pathname)) return "a URL with a database other than 0";
  if (url.search !== "" || url.hash !== "") return "a URL with a query or fragment";
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (username === undefined || password === undefined) {
    return "a URL whose user or password is not percent-encoded";
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    username: username || DEFAULT_USERNAME,
    password,
    tls: url.protocol === "rediss:",
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function insecurities(path: string, { host, tls, password }: Address, accepted: boolean): Problem[] {
  if (isLoopback(host) || accepted) return [];
  const problem = (setting: string, was: string, allowed: string, fix: string): Problem => ({
    key: `${path}.${setting}`,
    was,
    allowed,
    fix: say`${fix}, or accept the risk with ${key(`${path}.acceptInsecure`, "true")}.`,
  });
  return [
    ...(tls
      ? []
      : [
          problem(
            "tls",
            "off",
            "TLS, since the connection leaves this host",
            "Turn it on at the server's provider",
          ),
        ]),
    ...(password === ""
      ? [
          problem(
            "password",
            "missing",
            "a password, since others reach this host",
            "Give the one that the server's provider shows, as a secret",
          ),
        ]
      : []),
  ];
}
