import { randomBytes } from "node:crypto";
import { once } from "node:events";
import * as path from "node:path";
import type { ServerType } from "@hono/node-server";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import type { Outcome, Role } from "redis-topology/redis";
import { EVENT_TITLES, EVENTS, outcomeText, ROLES } from "redis-topology/redis";
import { messageOf, UserError } from "../errors";
import { freePort } from "../freePort";
import type { Endpoint, StackOutputs } from "../outputs";
import { secretsOf } from "../outputs";
import { BOARD_PATH, guard } from "./guard";
import { logTail } from "./logTail";
import type { Watched } from "./state";
import { pageState, Watch } from "./state";

/** A role that the page shows. */
export interface ShownRole extends Watched {
  /** Where it is reached from here. */
  readonly endpoint: Endpoint;
}

export interface PageOptions {
  readonly outputs: StackOutputs;
  readonly roles: readonly ShownRole[];
  /** A whole command line of what follows the program's name. */
  readonly command: (text: string) => string;
  /** What the page is headed with. */
  readonly title: string;
  readonly readOnly: boolean;
  /** Default 127.0.0.1; any other one needs a password. */
  readonly host: string;
  /** 0 = a free one. */
  readonly port: number;
  readonly password?: string;
}

/** What survives what, as the page shows it. */
export interface GuaranteeCells {
  readonly roles: readonly Role[];
  readonly events: readonly {
    readonly title: string;
    readonly cells: readonly { readonly word: string; readonly detail: string; readonly kept: boolean }[];
  }[];
}

export interface Page {
  /** With the token in it. */
  readonly url: string;
  close(): Promise<void>;
}

/** Static files: of the page itself, and of the chart library. */
const PAGE_FOLDER = path.resolve(__dirname, "../../page");
const SCRIPT_FOLDER = path.resolve(__dirname, "../page");
const CHART_FOLDER = path.dirname(require.resolve("uplot/dist/uPlot.iife.min.js"));
const FILES: Readonly<Record<string, string>> = {
  "/": path.join(PAGE_FOLDER, "index.html"),
  "/page.css": path.join(PAGE_FOLDER, "page.css"),
  "/icon.svg": path.join(PAGE_FOLDER, "icon.svg"),
  ...Object.fromEntries(
    ["page", "alerts", "charts", "parts"].map((name) => [
      `/${name}.js`,
      path.join(SCRIPT_FOLDER, `${name}.js`),
    ]),
  ),
  "/uPlot.js": path.join(CHART_FOLDER, "uPlot.iife.min.js"),
  "/uPlot.css": path.join(CHART_FOLDER, "uPlot.min.css"),
};

/** Serves the page until it is closed. Throws UserError when the address cannot be had. */
export async function servePage(options: PageOptions): Promise<Page> {
  // Its own name is part of what the guard checks.
  const port = options.port === 0 ? await freePort(options.host) : options.port;
  const token = randomBytes(24).toString("base64url");
  const app = new Hono();
  app.use(guard({ token, port, ...(options.password !== undefined && { password: options.password }) }));
  addPage(app, options);
  const server = await listen(app, options.host, port);
  const name = options.host === "0.0.0.0" || options.host === "::" ? "localhost" : options.host;
  return {
    url: `http://${name.includes(":") ? `[${name}]` : name}:${port}/?token=${token}`,
    close: () => stop(server),
  };
}

function addPage(app: Hono, { outputs, roles, command, title, readOnly }: PageOptions): void {
  const board = roles.find((shown) => shown.board)?.board;
  const watches = roles.map((shown) => new Watch(shown));
  for (const [url, file] of Object.entries(FILES)) {
    app.get(url, serveStatic({ path: path.relative(process.cwd(), file) }));
  }
  app.get("/api/topology", (context) =>
    context.json({
      title,
      backend: outputs.backend,
      readOnly,
      guarantees: guaranteeCells(outputs.guarantees),
      hasQueues: board !== undefined,
    }),
  );
  app.get("/api/state", async (context) => {
    const seen = await Promise.all(watches.map((watch) => watch.observe()));
    return context.json(pageState(outputs, seen, new Date(), command));
  });
  // A POST, which no other site can send and no browser keeps.
  app.post("/api/url/:role", (context) => {
    const shown = roles.find(({ role }) => role === context.req.param("role"));
    if (!shown) return context.text("No such role.", 404);
    if (readOnly) return context.text("This page is read-only, and the address would let you write.", 403);
    return context.text(shown.endpoint.url);
  });
  app.get("/api/log/:role", async (context) => {
    const shown = roles.find(({ role }) => role === context.req.param("role"));
    if (!shown) return context.text("No such role.", 404);
    return context.text(await logTail(outputs.ways?.[shown.role], secretsOf(outputs)));
  });
  if (board) app.route(BOARD_PATH, withoutForeignFonts(board.app));
}

/** bull-board asks Google for its fonts; nothing here comes from elsewhere. */
function withoutForeignFonts(board: Hono): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    if (!context.res.headers.get("content-type")?.startsWith("text/html")) return;
    const html = await context.res.text();
    const { status, headers } = context.res;
    context.res = new Response(html.replace(/<link href="https:[^>]*>/g, ""), { status, headers });
  });
  app.route("/", board);
  return app;
}

/** The guarantees in words: an event a line, a role a column. */
function guaranteeCells(guarantees: StackOutputs["guarantees"]): GuaranteeCells {
  const roles = ROLES.filter((role) => guarantees[role]);
  const cell = (outcome: Outcome | undefined) => ({
    word: outcomeText(outcome),
    detail: outcome?.detail ?? "",
    kept: outcome?.kept === true && outcome.elsewhere !== true,
  });
  return {
    roles,
    events: EVENTS.map((event) => ({
      title: EVENT_TITLES[event],
      cells: roles.map((role) => cell(guarantees[role]?.[event])),
    })),
  };
}

async function listen(app: Hono, hostname: string, port: number): Promise<ServerType> {
  const server = serve({ fetch: app.fetch, hostname, port });
  try {
    await once(server, "listening");
    return server;
  } catch (error) {
    throw new UserError(`Cannot listen on ${hostname}:${port} (${messageOf(error)}). Give another --port.`);
  }
}

function stop(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
