import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Surroundings } from "../../stand-ins";
import { surroundings } from "../../stand-ins";
import type { StandInCluster } from "../../stand-ins/cluster";
import { emptyCluster, writeKubeconfig } from "../../stand-ins/cluster";
import { Engine } from "../engine";
import { missing } from "../require";
import { temporaryFolder } from "../servers";

/** Which cluster a stack is in, under Pulumi's real engine; the plugin and the clusters are stand-ins. */
describe.skipIf(missing("pulumi"))("the cluster of a stack", () => {
  const environment = { ...process.env };
  const clusters: StandInCluster[] = [];
  let standIns: Surroundings;
  let engine: Engine;

  const configure = (context: string, kubeconfig: string, image = "redis:7") =>
    engine.configure({
      backend: "kubernetes",
      queue: {},
      protect: false,
      kubernetes: { context, kubeconfig, queueServer: { image } },
    });
  const state = () => engine.succeed("stack", "export", "--show-secrets", "--stack", "live");
  async function cluster(uid: string, context: string): Promise<string> {
    const made = await emptyCluster(uid);
    clusters.push(made);
    return writeKubeconfig(temporaryFolder(), [context], made);
  }

  beforeAll(async () => {
    standIns = await surroundings(temporaryFolder());
    Object.assign(process.env, standIns.env);
    engine = await Engine.start({});
    configure("stage", await cluster("first", "stage"));
    await engine.up();
  });

  afterAll(async () => {
    await engine?.end();
    standIns?.close();
    for (const { close } of clusters) close();
    process.env = environment;
  });

  test("a stack whose provider was made for a context's name keeps it", async () => {
    const file = join(engine.folder, "before.json");
    writeFileSync(
      file,
      (await state()).replaceAll('"clusterIdentifier": "first"', '"clusterIdentifier": "stage"'),
    );
    await engine.succeed("stack", "import", "--stack", "live", "--file", file);
    expect(await state()).toContain('"clusterIdentifier": "stage"');
    await engine.up("--expect-no-changes");
  });

  test("another name in another file changes the provider in place, and nothing else", async () => {
    configure("renamed", await cluster("first", "renamed"));
    const output = await engine.up();
    expect(output).toMatch(/~ 1 updated\n\s+\d+ unchanged\n/);
    expect(output).not.toContain("replace");
  });

  test("an image that cannot be pulled stops the up before anything of the role is touched", async () => {
    const before = await state();
    const kubeconfig = await cluster("first", "renamed");
    const waiting = { reason: "ImagePullBackOff", message: "Back-off pulling image" };
    Object.assign(clusters.at(-1) ?? {}, {
      podStatus: { phase: "Pending", containerStatuses: [{ name: "redis", state: { waiting } }] },
    });
    configure("renamed", kubeconfig, "redis:nowhere");
    const { code, output } = await engine.run(["up", "--yes", "--skip-preview", "--stack", "live"]);
    expect(code).not.toBe(0);
    expect(output).toContain(
      "kubernetes.queueServer.image: redis:nowhere: Back-off pulling image. Allowed: an image that the nodes can pull and start. Correct the image or the version, or give `kubernetes.queueServer.imagePullSecrets`. The running server was not touched.",
    );
    const objects = (text: string) => resources(text).filter(({ urn }) => /\$kubernetes:/.test(urn));
    expect(objects(await state())).toEqual(objects(before));
    expect(objects(before).length).toBeGreaterThan(5);
  });

  test("another cluster of the same name is refused, and the state stays as it is", async () => {
    const before = await state();
    configure("renamed", await cluster("second", "renamed"));
    const { code, output } = await engine.run(["up", "--yes", "--skip-preview", "--stack", "live"]);
    expect(code).not.toBe(0);
    expect(output).toContain(
      'context: "renamed" leads to the cluster second. Allowed: the cluster first, in which the objects of this stack are',
    );
    expect(resources(await state())).toEqual(resources(before));
  });
});

/** What is known of the cluster's objects and the way to them. */
function resources(state: string) {
  const { deployment } = JSON.parse(state) as {
    deployment: { resources: ({ urn: string } & Record<string, unknown>)[] };
  };
  return deployment.resources
    .filter(({ type }) => /kubernetes|ClusterGuard/.test(String(type)))
    .map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }));
}
