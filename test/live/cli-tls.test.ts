import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { applyOverrides } from "../../cli/src/endpointOverride";
import { verifyTopology } from "../../cli/src/verifyTopology";
import { makeCertificate } from "./certificate";
import type { Certificate } from "./cli-helpers";
import { outputsOf, startServer, stopServers, troubles } from "./cli-helpers";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let certificate: Certificate;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "redis-topology-tls-"));
  certificate = makeCertificate(folder, "redis.test");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(stopServers);

test("a queue with a private authority passes, BullMQ included, through a port-forward", async () => {
  const { endpoint } = await startServer("queue", { tls: certificate });
  // As the outputs have it; only the forwarded port of this host answers.
  const outputs = outputsOf({ queue: { ...endpoint, host: "redis.test", port: 6379 } });
  const forwarded = applyOverrides(outputs, [{ role: "queue", host: "127.0.0.1", port: endpoint.port }]);
  expect(troubles(await verifyTopology(forwarded))).toEqual([]);
});

test("a certificate for another name is refused", async () => {
  const { endpoint } = await startServer("cache", { tls: certificate });
  const results = await verifyTopology(outputsOf({ cache: endpoint }));
  expect(results[0]).toMatchObject({
    check: "reachable",
    result: "fail",
    found: "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ",
  });
});

test("a certificate of an unknown authority is refused", async () => {
  const { endpoint } = await startServer("cache", { tls: certificate });
  const results = await verifyTopology(outputsOf({ cache: { ...endpoint, caCertificate: undefined } }));
  expect(results[0]).toMatchObject({ check: "reachable", result: "fail" });
  expect(results[0]?.found).toMatch(/unable to verify the first certificate|self-signed certificate/);
});

test("a server without TLS is not reachable with it", async () => {
  const { endpoint } = await startServer("cache");
  const results = await verifyTopology(outputsOf({ cache: { ...endpoint, tls: true } }), { timeoutMs: 2000 });
  expect(results[0]).toMatchObject({ check: "reachable", result: "fail" });
});
