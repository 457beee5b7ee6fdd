import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "./engine";
import { missing } from "./require";

/**
 * The guard beside a stand-in for the group, which needs an AWS account: it refuses what AWS would refuse, and is
 * replaced by what would replace a group. The stack's output tells how often it was made.
 */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { ReplacementGuard } from "./components/backends/elasticache/replacementGuard";
const config = new pulumi.Config();
const settings = { port: config.requireNumber("port"), version: config.require("version"), vpcId: config.require("vpcId") };
const enforced = config.requireBoolean("enforced");
const judge = (vpcId: string, version: string, port: number) => {
  if (vpcId === "vpc-wrong") throw new Error("InvalidParameterCombination: the subnets are not in vpc-wrong");
  if (version === "9.0") throw new Error("InvalidParameterValue: the upgrade to 9.0 failed");
  if (port === 1) throw new Error("InvalidParameterValue: port 1");
};
class Group extends pulumi.dynamic.Resource {
  declare readonly arn: pulumi.Output<string>;
  declare readonly actualVersion: pulumi.Output<string>;
  constructor(opts: pulumi.CustomResourceOptions) {
    const provider: pulumi.dynamic.ResourceProvider = {
      async diff(_id, olds, news) {
        const changes = olds.port !== news.port || olds.version !== news.version || olds.vpcId !== news.vpcId;
        return { changes, replaces: olds.port === news.port ? [] : ["port"], deleteBeforeReplace: true };
      },
      async create(inputs) {
        judge(inputs.vpcId, inputs.version, inputs.port);
        return { id: "group", outs: { ...inputs, arn: "arn:group", actualVersion: inputs.version + ".1" } };
      },
      async update(_id, olds, news) {
        judge(news.vpcId, news.version, news.port);
        return { outs: { ...news, arn: olds.arn, actualVersion: news.version + ".1" } };
      },
    };
    super(provider, "group", { ...settings, arn: undefined, actualVersion: undefined }, opts);
  }
}
const group = new Group({ protect: enforced, deleteBeforeReplace: true });
const fixed = { role: "queue" as const, minorUpgrades: false, groupId: "shop-prod-queue", kmsKeyId: "", engine: "valkey" as const, clustered: false, previousToken: "", tokenMade: false };
new ReplacementGuard("guard", { ...fixed, ...settings, enforced, token: config.require("token"), groupArn: group.arn, actualVersion: group.actualVersion }, {});
`;

const base = { port: 6379, version: "8.1", vpcId: "vpc-1", enforced: true, token: "old" };

/** One stack through its life; each test starts where the one before ended. */
describe.skipIf(missing("pulumi"))("the guard of an ElastiCache queue under Pulumi's real engine", () => {
  let engine: Engine;
  const preview = () => engine.run(["preview", "--stack", "live"]);
  const up = () => engine.run(["up", "--yes", "--skip-preview", "--stack", "live"]);

  beforeAll(async () => {
    engine = await Engine.start({ ...base, vpcId: "vpc-wrong" });
    writeFileSync(join(engine.folder, "index.ts"), PROGRAM);
  });
  afterAll(() => engine?.end());

  test("remembers nothing of a group that AWS refused: the corrected setting is taken", async () => {
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain("the subnets are not in vpc-wrong");
    engine.configure(base);
    expect(await engine.up()).toContain("2 created");
    await engine.unchanged();
  });

  test("lets an upgrade pass", async () => {
    engine.configure({ ...base, version: "8.2" });
    await engine.up();
    await engine.unchanged();
  });

  test("remembers nothing of an upgrade that failed: going back is taken", async () => {
    engine.configure({ ...base, version: "9.0" });
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain("the upgrade to 9.0 failed");
    engine.configure({ ...base, version: "8.2" });
    await engine.unchanged();
  });

  test("refuses in the preview what would replace the group, with every reason", async () => {
    engine.configure({ ...base, port: 7000, version: "8.1" });
    const { code, output } = await preview();
    expect(code).not.toBe(0);
    expect(output).toContain("queue.port: 7000. Allowed: 6379, with which the group was created. Bring up");
    expect(output).toContain("queue.version: valkey 8.1. Allowed: valkey 8.2 or later; AWS has no way back.");
  });

  test("refuses in the preview a password that would lock clients out", async () => {
    engine.configure({ ...base, version: "8.2", token: "new" });
    const { code, output } = await preview();
    expect(code).not.toBe(0);
    expect(output).toContain(
      "queue.password: changed, or removed, without `queue.previousPassword`. Allowed: a change",
    );
    engine.configure({ ...base, port: 7000, version: "8.1" });
  });

  test("without a preview too nothing is touched: the group is protected", async () => {
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain("currently marked for protection");
    engine.configure({ ...base, version: "8.2" });
    await engine.unchanged();
  });

  test("lets it pass when the queue is no longer protected", async () => {
    engine.configure({ ...base, version: "8.2", enforced: false });
    await engine.up();
    engine.configure({ ...base, port: 7000, version: "8.2", enforced: false });
    expect((await preview()).code).toBe(0);
  });

  test("forgets a group that went and whose successor failed", async () => {
    engine.configure({ ...base, port: 1, version: "8.2", enforced: false });
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain("InvalidParameterValue: port 1");
    engine.configure({ ...base, port: 7000, version: "8.1", vpcId: "vpc-2", enforced: false });
    await engine.up();
    await engine.unchanged();
  });
});
