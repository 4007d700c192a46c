import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { themeCss } from "./scripts/theme-css.ts";
import { unusedCss } from "./scripts/unused-css.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Where `npm run dev` finds the API. */
const API = process.env.CONSOLE_API ?? "http://localhost:8000";

export const resolve = {
  // The package's source, so a build needs neither its dependencies nor a build of it.
  alias: { "~": path("src"), "@baton/client": path("../sdk/typescript/src/index.ts") },
};

export default defineConfig({
  plugins: [react(), themeCss(), unusedCss()],
  resolve,
  build: {
    target: "es2023",
    // Everything is a file of its own: the content security policy refuses data in the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      // The console, and the pages of tracking links and battery passports, which share nothing with it.
      input: { index: path("index.html"), track: path("track.html"), passport: path("passport.html") },
      output: {
        // One file for what every page needs: compressed together it is smaller than in dozens of small ones.
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /node_modules\/(react|react-dom|scheduler|react-router|@tanstack\/(react-query|query-core))\//,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: { "/api": { target: API, ws: true, changeOrigin: true } },
    fs: { allow: [path("."), path("../sdk/typescript/src")] },
  },
});
