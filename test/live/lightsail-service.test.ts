import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Surroundings } from "../stand-ins";
import { surroundings } from "../stand-ins";
import { Engine } from "./engine";
import { missing } from "./require";
import { temporaryFolder } from "./servers";

const settings = (existingService: string) => ({
  backend: "lightsail",
  queue: { acceptDataLoss: true, port: 6379 },
  lightsail: {
    existingService,
    app: [{ name: "api", image: "example/api:1.0.0", ports: { "3000": "HTTP" } }],
    publicEndpoint: { container: "api", port: 3000, healthPath: "/health" },
  },
});

/** The service `api` is there, with one node; see test/stand-ins/plugin.ts. */
describe.skipIf(missing("pulumi"))("a Lightsail service that exists, under Pulumi's real engine", () => {
  const environment = { ...process.env };
  let standIns: Surroundings;
  let engine: Engine;

  beforeAll(async () => {
    standIns = await surroundings(temporaryFolder());
    Object.assign(process.env, standIns.env);
    engine = await Engine.start(settings("api"));
  });

  afterAll(async () => {
    await engine?.end();
    standIns?.close();
    process.env = environment;
  });

  test("one that does not fit is refused in the preview, with the command that helps", async () => {
    engine.configure(settings("two-nodes"));
    const { code, output } = await engine.run(["preview", "--stack", "live"]);
    expect(code).not.toBe(0);
    expect(output).toContain(
      "lightsail.existingService: 2 nodes. Allowed: 1: every further node would be another Redis. Run `aws lightsail update-container-service --service-name two-nodes --scale 1`, or give Redis a service of its own.",
    );
    expect(output).not.toContain("ContainerServiceDeploymentVersion");
  });

  test("the preview says what a deployment takes away", async () => {
    engine.configure(settings("api"));
    expect(await engine.succeed("preview", "--stack", "live")).toContain(
      "A deployment replaces all that the service api runs: besides Redis, api will run there, and no other container, with the public endpoint that this stack names, or none.",
    );
  });

  test("it is deployed into, and an up later changes nothing", async () => {
    await engine.up();
    expect(await engine.unchanged()).toMatch(/ unchanged\n/);
    const { queue } = await engine.outputs();
    expect(queue).toMatchObject({
      host: "localhost",
      inside: 'the containers of the Lightsail service api (docs/operations/lightsail.md, "From inside")',
    });
  });

  test("destroy lets go of it, and deletes no service", async () => {
    const output = await engine.succeed("destroy", "--yes", "--stack", "live");
    expect(output).toContain("aws:lightsail:ContainerServiceDeploymentVersion redis-deployment delete");
    expect(output).not.toContain("aws:lightsail:ContainerService redis-existing-service");
  });
});
