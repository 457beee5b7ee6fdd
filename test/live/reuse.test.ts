import { cpSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPackage, link, linkRest } from "./packed";
import { PulumiProgram } from "./program";
import { missing } from "./require";
import { freePort, temporaryFolder, withRedis } from "./servers";

const repository = path.resolve(__dirname, "../..");

describe.skipIf(missing("redis", "pulumi"))("examples/reuse", () => {
  const folder = temporaryFolder();
  let program: PulumiProgram | undefined;
  let envs: Record<"ordersEnv" | "mailEnv", Record<string, string>>;

  beforeAll(async () => {
    cpSync(path.join(repository, "examples/reuse"), folder, { recursive: true });
    // Copied and not linked, since the SDK loads the compiler that lies beside it.
    const sdk = "node_modules/@pulumi/pulumi";
    cpSync(path.join(repository, sdk), path.join(folder, sdk), { recursive: true });
    link(folder, "typescript5", "typescript");
    installPackage(folder);
    linkRest(folder);
    const ports = ["ordersCachePort", "ordersQueuePort", "mailCachePort", "mailQueuePort"];
    const config = await Promise.all(ports.map(async (key) => [key, await freePort()]));
    program = await PulumiProgram.open(folder, Object.fromEntries(config));
    await program.up();
    envs = await program.outputs();
  });
  afterAll(() => program?.destroy());

  const setting = (port: string | undefined, password: string | undefined, name: string) =>
    withRedis(
      { port: Number(port), password },
      async (redis) => ((await redis.config("GET", name)) as string[])[1],
    );

  test("runs two topologies side by side, each behind a component of the program's own", async () => {
    const { ordersEnv, mailEnv } = envs;
    expect(await setting(ordersEnv.REDIS_PORT, ordersEnv.REDIS_PASSWORD, "maxmemory-policy")).toBe(
      "allkeys-lfu",
    );
    expect(await setting(mailEnv.REDIS_PORT, mailEnv.REDIS_PASSWORD, "maxmemory-policy")).toBe("allkeys-lfu");
    expect(ordersEnv.REDIS_PASSWORD).not.toBe(mailEnv.REDIS_PASSWORD);
  });

  test("its transform reaches the inputs and options of the topology's children", async () => {
    const { REDIS_QUEUE_PORT, REDIS_QUEUE_PASSWORD } = envs.ordersEnv;
    expect(await setting(REDIS_QUEUE_PORT, REDIS_QUEUE_PASSWORD, "appendfsync")).toBe("always");
    const state: State = JSON.parse((await program?.run("stack", "export")) ?? "");
    const timeouts = state.deployment.resources
      .filter(({ customTimeouts }) => (customTimeouts?.create ?? 0) > 0)
      .map(({ urn }) => urn.split("::").at(-1));
    expect(timeouts.sort()).toEqual(["mail-queue", "orders-queue"]);
  });
});

interface State {
  readonly deployment: {
    readonly resources: readonly {
      readonly urn: string;
      readonly customTimeouts?: { readonly create?: number };
    }[];
  };
}
