import * as pulumi from "@pulumi/pulumi";
import type { EngineAccess } from "./client";
import { engineClient } from "./client";
import { removeLeftContainer, removeLeftNetwork } from "./leftovers";

/**
 * Pulumi calls these when it is about to create, and so knows of no such thing: what the engine has under the name
 * was left by an `up` that was killed. Pulumi's mocks have no engine to call them.
 */
export function clearLeftContainer(access: EngineAccess, owner: string): pulumi.CustomResourceOptions {
  return before(async (name) => removeLeftContainer(engineClient(access), name, owner));
}

export function clearLeftNetwork(access: EngineAccess, owner: string): pulumi.CustomResourceOptions {
  return before(async (name) => removeLeftNetwork(engineClient(access), name, owner));
}

/**
 * What the SDK says when its language host did not tell the root directory: one from before hooks, such as the one that
 * can still be built from Go modules. It would end the program at the first hook.
 */
const NOT_TOLD = "rootDirectory";

function before(create: (name: string) => Promise<void>): pulumi.CustomResourceOptions {
  if (!pulumi.runtime.hasEngine() || pulumi.getRootDirectory() === NOT_TOLD) return {};
  return { hooks: { beforeCreate: [({ newInputs }) => create(newInputs?.name)] } };
}
