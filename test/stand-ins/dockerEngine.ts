import type { Server } from "node:http";
import { createServer } from "node:http";

/** What an engine answers that has nothing and starts whatever it is given, by method and the end of the path. */
const ANSWERS: readonly (readonly [method: string, path: RegExp, status: number, body: unknown])[] = [
  ["GET", /\/info$/, 200, { ID: "id-of-the-stand-in", Name: "stand-in" }],
  ["GET", /\/containers\/json$/, 200, []],
  ["GET", /\/networks$/, 200, []],
  ["POST", /\/containers\/create$/, 201, { Id: "trial" }],
  ["PUT", /\/containers\/trial\/archive$/, 200, {}],
  ["POST", /\/containers\/trial\/start$/, 204, undefined],
  ["GET", /\/containers\/trial\/json$/, 200, { State: { Running: true } }],
  ["GET", /\/containers\/trial\/logs$/, 200, "Ready to accept connections"],
  ["DELETE", /\/containers\/trial$/, 204, undefined],
];

/** An engine with nothing on it, at a socket: enough for what tries a server before it is made. */
export function emptyEngine(socket: string): Server {
  return createServer((request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const answer = ANSWERS.find(([method, pattern]) => method === request.method && pattern.test(path));
    const [, , status, body] = answer ?? ["", /$/, 404, { message: `No such thing: ${path}` }];
    request.resume().on("end", () => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(typeof body === "string" ? body : body && JSON.stringify(body));
    });
  }).listen(socket);
}
