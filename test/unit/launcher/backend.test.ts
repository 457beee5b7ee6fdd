import { expect, test } from "vitest";
import { ownBackend } from "../../../cli/launcher/backend";

const project = "name: redis-topology\nruntime: nodejs\n";

test.each([
  ["nobody logged in", {}, "", project, undefined],
  ["logged out again", {}, '{"accessTokens":{},"accounts":{}}', project, undefined],
  ["an empty variable", { PULUMI_BACKEND_URL: "" }, "", project, undefined],
  ["a backend variable", { PULUMI_BACKEND_URL: "s3://b" }, "", project, "PULUMI_BACKEND_URL is set"],
  ["a token", { PULUMI_ACCESS_TOKEN: "t" }, "", project, "PULUMI_ACCESS_TOKEN is set"],
  ["a project's backend", {}, "", `${project}backend: { url: "s3://b" }`, "Pulumi.yaml names a backend"],
  [
    "a login",
    {},
    '{"current":"file://~","accessTokens":{"file://~":""}}',
    project,
    "you are logged in with `pulumi login`",
  ],
  [
    "encrypted credentials",
    {},
    '{"version":1,"backend":"x"}',
    project,
    "you are logged in with `pulumi login`",
  ],
  ["credentials nobody can read", {}, "not json", project, "you are logged in with `pulumi login`"],
])("%s", (_, env, credentials, projectFile, reason) => {
  expect(ownBackend(env, credentials, projectFile)).toBe(reason);
});
