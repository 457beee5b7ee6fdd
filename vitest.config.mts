import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Live tests start servers and whole `pulumi up`s; on two cores a default of five seconds says nothing.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
