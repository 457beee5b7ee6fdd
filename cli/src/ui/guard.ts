import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";

/** Who may see the page, and under which names. */
export interface Access {
  /** In the URL that is opened; a cookie from then on. */
  readonly token: string;
  /** Asked for where others can reach the page; any user name goes with it. */
  readonly password?: string;
  readonly port: number;
}

/** Nothing from elsewhere, nothing inline. uPlot sets its styles by script, which this does not concern. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** bull-board carries styles in its HTML, and a <base>. */
const BOARD_POLICY = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
  .replace("base-uri 'none'", "base-uri 'self'")
  .replace("img-src 'self'", "img-src 'self' data:; font-src 'self' data:");

/** Where bull-board is mounted. */
export const BOARD_PATH = "/queues";

/** Lets in whoever has the token or the password, calls this server by its own name and comes from its own pages. */
export function guard(access: Access): MiddlewareHandler {
  // Cookies know no ports: two pages on one host would take each other's.
  const cookie = `redis-topology-${access.port}`;
  return async (context, next) => {
    const { req } = context;
    context.header("Referrer-Policy", "no-referrer");
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Cache-Control", "no-store");
    context.header("Content-Security-Policy", req.path.startsWith(BOARD_PATH) ? BOARD_POLICY : PAGE_POLICY);
    if (!isOwnName(req.header("host"), access)) return context.text("Not a name of this page.", 403);
    if (!isOwnOrigin(req.method, req.header("origin"), req.header("host")))
      return context.text("Not from this page.", 403);
    const url = new URL(req.url);
    const given = url.searchParams.get("token");
    if (given !== null && same(given, access.token)) {
      setCookie(context, cookie, access.token, { httpOnly: true, sameSite: "Strict", path: "/" });
      url.searchParams.delete("token");
      return context.redirect(`${url.pathname}${url.search}`, 303);
    }
    if (same(getCookie(context, cookie) ?? "", access.token)) return next();
    if (access.password === undefined) {
      return context.text("Open the address that `redis-topology ui` printed: it holds the token.", 401);
    }
    if (same(basicPassword(req.header("authorization")), access.password)) return next();
    context.header("WWW-Authenticate", 'Basic realm="redis-topology"');
    return context.text("The password is in REDIS_TOPOLOGY_UI_PASSWORD of whoever started this page.", 401);
  };
}

/** A name that leads here by somebody else's DNS would let that somebody's page read ours. */
function isOwnName(host: string | undefined, { port, password }: Access): boolean {
  return password !== undefined || host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

function isOwnOrigin(method: string, origin: string | undefined, host: string | undefined): boolean {
  if (method === "GET" || method === "HEAD" || origin === undefined) return true;
  return origin === `http://${host}`;
}

function basicPassword(header = ""): string {
  const [, encoded = ""] = /^Basic (.+)$/.exec(header) ?? [];
  const text = Buffer.from(encoded, "base64").toString("utf8");
  return text.slice(text.indexOf(":") + 1);
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
