import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networkGuard } from "../../../components/backends/docker/provider";
import { Role } from "../../../components/redis/roles";
import { missing } from "../require";
import { SecondEngine } from "./dockerd";
import { DockerTarget } from "./target";

describe.skipIf(missing("docker", "dockerd", "root"))("with another engine", () => {
  let second: SecondEngine;
  let target: DockerTarget;
  beforeAll(async () => {
    second = new SecondEngine();
    await second.start();
    target = await DockerTarget.start("live-engines", { queue: { maxMemory: "32mb" }, protect: false });
  });
  afterAll(async () => {
    await target?.remove();
    await second?.remove();
  });

  test("at docker.host, an up is refused with both identities, and the queue runs on", async () => {
    const before = (await target.container(Role.Queue).inspect()).State.StartedAt;
    const [here, there] = [await target.engine.docker.info(), await second.docker.info()];
    expect(there.ID).not.toBe(here.ID);
    await expect(target.redeploy({ host: second.host })).rejects.toThrow(
      `host: the engine "${there.Name}" (${there.ID}). Allowed: the engine "${here.Name}" (${here.ID}), on which this stack's servers and data are. Set it back (or \`DOCKER_HOST\`, \`DOCKER_CONTEXT\`); for another engine make another stack, since data does not move. If the engine at the old address was made anew and is empty: \`pulumi refresh\`, then run again.`,
    );
    expect(target.engine.done).toEqual([]);
    expect((await target.container(Role.Queue).inspect()).State.StartedAt).toBe(before);
    await target.redeploy({});
    expect(target.engine.done).toEqual([]);
  });

  test("a refresh keeps what is on an engine that was restarted, and forgets what was on one made anew", async () => {
    const engine = { host: second.host };
    const { id, outs } = await networkGuard.create({ owner: "live", network: "live-engines", engine });
    await second.stop();
    await second.start();
    expect(await networkGuard.read(id, outs)).toEqual({ id, props: outs });
    await second.makeAnew();
    expect(await networkGuard.read(id, outs)).toEqual({});
  });
});
