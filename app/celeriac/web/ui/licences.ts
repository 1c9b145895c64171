/* Puts the licences of everything that is bundled beside the bundle. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const TOOLS = new Set(["vite"]);

interface Manifest {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
}

export function licences(root: string): Plugin {
  return {
    name: "licences",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "licences.txt", source: [...packages(root)].sort().map((name) => licence(root, name)).join("\n\n") });
    },
  };
}

/** What the dashboard needs, and what that needs. */
function packages(root: string): Set<string> {
  const found = new Set<string>();
  const pending = needed(manifest(root));
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    pending.push(...needed(manifest(join(root, "node_modules", name))));
  }
  return found;
}

function needed(one: Manifest): string[] {
  return Object.keys(one.dependencies ?? {}).filter((name) => !TOOLS.has(name) && !name.startsWith("@types/"));
}

function licence(root: string, name: string): string {
  const folder = join(root, "node_modules", name);
  const { version, license } = manifest(folder);
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim() : "";
  return `${name} ${version} (${license ?? "see below"})\n\n${text}\n\n${"-".repeat(80)}`;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
