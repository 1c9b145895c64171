/// <reference types="vitest/config" />
import { defineConfig } from "vite";
import { licences } from "./licences";

const entries = ["theme", "shell", "execution", "editor", "graph"];

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [licences(import.meta.dirname)],
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
  build: {
    outDir: "../static/dist",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: Object.fromEntries(entries.map((name) => [name, `src/${name}/index.ts`])),
    },
  },
});
