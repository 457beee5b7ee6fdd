import { expect, test } from "vitest";
import { applyOverrides } from "../../cli/src/endpointOverride";
import { parseOutputs } from "../../cli/src/outputs";
import { outputsOf } from "../live/cli-helpers";

const login = { username: "default", password: "hunter2", tls: false, url: "redis://x" };
const endpoint = { ...login, host: "redis.test", port: 6379, prefix: undefined, caCertificate: undefined };

test("an address that is given is used as it is: without the tunnel, with the other ways", () => {
  const way = { tunnel: ["kubectl", "{port}"], tunnelOnly: true, logs: ["kubectl"], instead: "Ask." };
  const text = JSON.stringify({
    ...outputsOf({ cache: endpoint, queue: endpoint }),
    ways: { cache: way, queue: way },
  });
  const moved = applyOverrides(parseOutputs(text, "the test"), [{ role: "queue", host: "::1", port: 7 }]);
  expect(JSON.parse(JSON.stringify(moved.ways))).toEqual({
    cache: way,
    queue: { logs: ["kubectl"], instead: "Ask." },
  });
});
