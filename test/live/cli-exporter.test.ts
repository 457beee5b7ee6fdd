import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { checkExporter } from "../../cli/src/checks/exporter";
import { temporaryFolder } from "./servers";

vi.setConfig({ testTimeout: 30_000 });

const folder = temporaryFolder();

/** A way that leads to something that answers so at `/metrics`. */
function exporter(status: number, body: string): string[] {
  const file = join(folder, `${status}.cjs`);
  const answer = `request.url === "/metrics" ? response.writeHead(${status}).end(${JSON.stringify(body)}) : response.writeHead(404).end()`;
  const server = `require("node:http").createServer((request, response) => ${answer})`;
  writeFileSync(file, `${server}.listen(Number(process.argv[2]), "127.0.0.1");\n`);
  return [process.execPath, file, "{port}"];
}

const check = (way: readonly string[], signal = new AbortController().signal) =>
  checkExporter("queue", way, { host: "queue.test", timeoutMs: 10_000, signal });

const row = { role: "queue", check: "exporter", expected: "redis_up 1" };

test.each([
  ["one that reaches its server", 200, "# TYPE redis_up gauge\nredis_up 1\n", "pass", "redis_up 1"],
  ["one that does not", 201, 'redis_up{role="queue"} 0\n', "fail", "redis_up 0"],
  ["something else", 404, "not found\n", "fail", "HTTP 404 without redis_up"],
])("%s", async (_, status, body, result, found) => {
  expect(await check(exporter(status, body))).toEqual({ ...row, result, found });
});

test("a way that leads nowhere fails with its own words", async () => {
  const { result, found } = await check(["sh", "-c", "echo no pod >&2; exit 1"]);
  expect([result, found]).toEqual(["fail", expect.stringContaining("no pod")]);
});

test("an interruption is none of its findings", async () => {
  await expect(check(exporter(200, "redis_up 1\n"), AbortSignal.abort(new Error("Ctrl-C")))).rejects.toThrow(
    "Ctrl-C",
  );
});
