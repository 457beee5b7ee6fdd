import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

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

export default defineConfig({
  test: {
    maxWorkers: 2,
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
          name: "live",
          include: ["test/live/**/*.test.ts"],
          testTimeout: 2 * MINUTE,
          hookTimeout: 2 * MINUTE,
          // Real engines: one file at a time, after everything that is fast.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
