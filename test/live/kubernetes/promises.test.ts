import { describe } from "vitest";
import { livePromises } from "../promises";
import { missing } from "../require";
import { KubernetesTarget } from "./target";

describe.skipIf(missing("kubernetes"))("a cluster", () => {
  livePromises("kubernetes", (args) => KubernetesTarget.start("redis-promises", args));
});
