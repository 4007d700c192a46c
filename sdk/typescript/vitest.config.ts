// package.json names vite only to keep it at 8.3: 8.4 wants an optional package that is not in npm's registry, and `npm ci`
// fails without it.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The integration tests share one stack, and take their time on a busy machine.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
