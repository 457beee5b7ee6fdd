import { expect, test } from "vitest";
import type { BackendName } from "../../components/backends/registry";
import { createTopology } from "../../components/create";
import { record } from "./harness";
import { completed, subjects } from "./subjects";

/** What an application is handed by the backend itself, beyond the outputs that the conformance suite looks at. */

const created = async (backend: BackendName, args: Record<string, unknown>) => {
  const { state, call } = subjects[backend];
  const all = completed(subjects[backend], args);
  const { get } = await record(() => createTopology(backend, "t", all), { state, call });
  return get;
};

test("a container of the app beside Redis on Lightsail", async () => {
  const app = [{ name: "api", image: "api:1" }];
  const get = await created("lightsail", { queue: { acceptDataLoss: true, envPrefix: "REDIS" }, app });
  const type = "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion";
  const { secret } = get(type, "t-deployment").inputs.containers as { secret: unknown };
  const environment = { REDIS_HOST: "localhost", REDIS_BULLMQ: expect.any(String) };
  expect(secret).toContainEqual(
    expect.objectContaining({ containerName: "api", environment: expect.objectContaining(environment) }),
  );
});

test("the Secret of a role on Kubernetes, for `envFrom`", async () => {
  const queue = { envPrefix: "REDIS", bullmq: { prefix: "{app}" } };
  const get = await created("kubernetes", { cache: { envPrefix: "KV" }, queue });
  const names = (role: string) => {
    const { inputs } = get("kubernetes:core/v1:Secret", `t-${role}-connection`);
    const { secret } = inputs.stringData as { secret: object };
    return Object.keys(secret).sort().join(" ");
  };
  expect(names("cache")).toBe("KV_HOST KV_PASSWORD KV_PORT KV_TLS KV_URL");
  expect(names("queue")).toBe(
    "REDIS_BULLMQ REDIS_HOST REDIS_PASSWORD REDIS_PORT REDIS_PREFIX REDIS_TLS REDIS_URL",
  );
});
