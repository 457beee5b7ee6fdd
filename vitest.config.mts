import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

const MINUTE = 60_000;

const source = (file: string) => resolve("components", file);

/** Tests look at the sources, whichever way they are imported; only what is started as a process runs compiled. */
const alias = [
  { find: /^redis-topology$/, replacement: source("index.ts") },
  { find: /^redis-topology\/create$/, replacement: source("create.ts") },
  { find: /^redis-topology\/connect$/, replacement: source("connect.ts") },
  { find: /^redis-topology\/client$/, replacement: source("client/index.ts") },
  { find: /^redis-topology\/redis$/, replacement: source("redis/index.ts") },
  { find: /^redis-topology\/(\w+)$/, replacement: source("backends/$1/index.ts") },
];

/** Real engines, after everything that is fast. */
const live = { testTimeout: 2 * MINUTE, hookTimeout: 2 * MINUTE };
/** Two files at a time: seen to have names, ports, folders and namespaces of their own. All others run alone. */
const TOGETHER = [
  // But what measures memory, and what takes the cluster's power.
  "test/live/docker/!(memory).test.ts",
  "test/live/kubernetes/!(power).test.ts",
  "test/live/cli-{verify,queues,ui,main,status,reach}.test.ts",
  "test/live/process-{provider,data,move,folder}.test.ts",
  "test/live/{external,producer,render,test-topology}.test.ts",
];
/** Live files of minutes: begun last, one of them would keep a worker while the other has nothing to do. */
const LONG = ["kubernetes/promises", "docker/killed", "docker/docker", "kubernetes/kubernetes", "first-run"];

/** The long ones first, then as vitest has them: by what they took the last time, else by their size. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      LONG.some((name) => moduleId.endsWith(`/test/live/${name}.test.ts`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        resolve: { alias },
        test: {
          name: "fast",
          include: ["test/{unit,mocked}/**/*.test.ts"],
          testTimeout: MINUTE / 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve: { alias },
        test: {
          ...live,
          name: "live",
          include: TOGETHER,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias },
        test: {
          ...live,
          name: "alone",
          include: ["test/live/**/*.test.ts"],
          exclude: TOGETHER,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
