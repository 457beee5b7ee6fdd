import type { Server } from "node:http";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

/** What an engine answers that has nothing and starts whatever it is given, by method and the end of the path. */
const ANSWERS: readonly (readonly [method: string, path: RegExp, status: number, body: unknown])[] = [
  ["GET", /\/info$/, 200, { ID: "id-of-the-stand-in", Name: "stand-in" }],
  ["GET", /\/containers\/json$/, 200, []],
  ["GET", /\/networks$/, 200, []],
  ["POST", /\/containers\/create$/, 201, { Id: "trial" }],
  ["POST", /\/containers\/trial\/start$/, 204, undefined],
  ["GET", /\/containers\/trial\/json$/, 200, { State: { Running: true } }],
  ["GET", /\/containers\/trial\/logs$/, 200, "Ready to accept connections"],
  ["DELETE", /\/containers\/trial$/, 204, undefined],
];

/** Of a tar with one file, as `putArchive` sends it: the header has the name and, in octal, the size. */
const nameIn = (archive: Buffer) => `/${archive.toString("utf8", 0, 100).replace(/\0.*$/s, "")}`;
const contentIn = (archive: Buffer) =>
  archive.toString("utf8", 512, 512 + Number.parseInt(archive.toString("utf8", 124, 136), 8));

/**
 * An engine with nothing on it, at a socket: enough for what tries a server before it is made. It keeps the files that
 * are put into containers, whichever they are, and has the containers whose ids are in them.
 */
export function emptyEngine(socket: string): Server {
  const files = new Map<string, Buffer>();
  return createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://stand-in");
    const body = await buffer(request);
    const [, container = "", what] = /\/containers\/([^/]+)\/(archive|json)$/.exec(pathname) ?? [];
    const answer = (status: number, content?: unknown) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(
        typeof content === "object" && !Buffer.isBuffer(content) ? JSON.stringify(content) : content,
      );
    };
    if (what === "archive" && request.method === "PUT") {
      files.set(`${container}:${nameIn(body)}`, body);
      return answer(200, {});
    }
    const file = files.get(`${container}:${searchParams.get("path")}`);
    if (what === "archive" && file) return answer(200, file);
    const isKnown = [...files.values()].some((archive) => contentIn(archive) === container);
    if (what === "json" && isKnown)
      return answer(200, { Id: container, State: { Running: false }, Config: { Labels: {} } });
    const found = ANSWERS.find(([method, pattern]) => method === request.method && pattern.test(pathname));
    const [, , status, content] = found ?? ["", /$/, 404, { message: `No such thing: ${pathname}` }];
    answer(status, content);
  }).listen(socket);
}
