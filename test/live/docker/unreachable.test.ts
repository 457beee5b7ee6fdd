import { afterAll, expect, test } from "vitest";
import { Engine } from "../engine";
import { missing } from "../require";

let engine: Engine;
afterAll(() => engine?.end());

test.skipIf(missing("pulumi"))(
  "a preview without an engine says how to go on, before any resource",
  async () => {
    const host = "unix:///nowhere/docker.sock";
    engine = await Engine.start({ backend: "docker", docker: { host }, queue: {} });
    const { code, output } = await engine.run(["preview", "--stack", "live"]);
    expect(code).not.toBe(0);
    expect(output).toContain(
      `The configuration in Pulumi.live.yaml (keys under redis-topology:) cannot be used: 1 problem\n      - docker.host: the engine that \`docker.host\` names does not answer (ENOENT). Allowed: a running Docker engine. Start it (\`sudo systemctl start docker\`, or Docker Desktop), name another one, or work without Docker: \`pulumi stack select local\`.`,
    );
    expect(output).not.toContain("docker:index");
    expect(output).not.toMatch(/^\s+at /m);
  },
);
