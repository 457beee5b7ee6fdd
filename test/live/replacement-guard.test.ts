import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "./engine";
import { missing } from "./require";

/** Only the guard: the group beside it needs an AWS account. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { ReplacementGuard } from "./components/backends/elasticache/replacementGuard";
const config = new pulumi.Config();
const settings = { role: "queue" as const, minorUpgrades: false, groupId: "shop-prod-queue", vpcId: "vpc-1", kmsKeyId: "", engine: "valkey" as const, durable: false };
const port = config.requireNumber("port");
const enforced = config.requireBoolean("enforced");
new ReplacementGuard("guard", { ...settings, port, version: config.require("version"), enforced }, {});
`;

/** One stack through its life; each test starts where the one before ended. */
describe.skipIf(missing("pulumi"))("the guard of an ElastiCache queue under Pulumi's real engine", () => {
  let engine: Engine;
  const preview = () => engine.run(["preview", "--stack", "live"]);

  beforeAll(async () => {
    engine = await Engine.start({ port: 6379, version: "8.1", enforced: true });
    writeFileSync(join(engine.folder, "index.ts"), PROGRAM);
    await engine.up();
  });
  afterAll(() => engine?.end());

  test("lets an upgrade pass", async () => {
    engine.configure({ port: 6379, version: "8.2", enforced: true });
    await engine.up();
    await engine.unchanged();
  });

  test("refuses in the preview what would replace the group, with every reason", async () => {
    engine.configure({ port: 7000, version: "8.1", enforced: true });
    const { code, output } = await preview();
    expect(code).not.toBe(0);
    expect(output).toContain("queue.port: 7000. Allowed: 6379, with which the group was created. Bring up");
    expect(output).toContain("queue.version: valkey 8.1. Allowed: valkey 8.2 or later; AWS has no way back.");
  });

  test("lets it pass when the queue is no longer protected", async () => {
    engine.configure({ port: 7000, version: "8.1", enforced: false });
    expect((await preview()).code).toBe(0);
  });
});
