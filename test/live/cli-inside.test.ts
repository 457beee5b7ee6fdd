import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connectionUrl } from "../../components/redis/connection";
import { outputsOf, startCli } from "./cli-helpers";
import { temporaryFolder } from "./servers";

vi.setConfig({ testTimeout: 60_000 });

const SECRET = "Pl4nted-in-the-stack";
const folder = temporaryFolder();
const outputs = join(folder, "outputs.json");
/** Whatever has the address on this machine, and what it was sent. */
const neighbour = createServer((socket) => {
  socket.on("error", () => undefined).on("data", (chunk) => sent.push(chunk.toString()));
});
const sent: string[] = [];
let port: number;

beforeAll(async () => {
  neighbour.listen(0, "127.0.0.1");
  await once(neighbour, "listening");
  ({ port } = neighbour.address() as AddressInfo);
  const login = { host: "localhost", port, username: "default", password: SECRET, tls: false };
  const inside = "the containers of the service api";
  const queue = { ...login, url: connectionUrl(login), inside };
  writeFileSync(outputs, JSON.stringify(outputsOf({ queue })));
});

afterAll(() => void neighbour.close());

test.each(
  [
    ["verify"],
    ["verify", "--restart", "--yes"],
    ["status"],
    ["doctor"],
    ["queues"],
    ["queue", "mail", "stats"],
    ["memory"],
    ["shell", "queue", "PING"],
    ["run", "--", "true"],
    ["bench"],
  ].map((args) => [args.join(" "), args] as const),
)("%s sends nothing to whoever has the address of a container here", async (_, args) => {
  const rest = args.indexOf("--");
  const options = ["--outputs", outputs];
  const [before, after] = rest < 0 ? [args, []] : [args.slice(0, rest), args.slice(rest)];
  const { stdout, stderr } = await startCli([...before, ...options, ...after]).done;
  expect(stdout + stderr).toContain(
    `localhost:${port} is the server only inside the containers of the service api.`,
  );
  expect(stdout + stderr).not.toContain(SECRET);
  expect(sent).toEqual([]);
});
