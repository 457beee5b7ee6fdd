import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import * as path from "node:path";
import type { ServerType } from "@hono/node-server";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { messageOf, UserError } from "../errors";
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
      guarantees: outputs.guarantees,
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

/** Found before the server listens: its own name is part of what it checks. */
async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
