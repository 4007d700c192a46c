import { defineConfig } from "vitest/config";

/** Flows in Chromium against the real local stack, one after the other. */
export default defineConfig({
  test: {
    include: ["tests/**/*.flow.ts"],
    fileParallelism: false,
    globalSetup: "./tests/support/global.ts",
    setupFiles: ["./tests/support/pages.ts"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Machines that do other work meanwhile are slow.
    expect: { poll: { timeout: 30_000 } },
  },
});
