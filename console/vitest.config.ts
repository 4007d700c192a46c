import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { resolve } from "./vite.config.ts";

export default defineConfig({
  plugins: [react()],
  resolve,
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost/" } },
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./tests/support/setup.ts"],
    testTimeout: 30_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
