import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Everything in a training's folder, hidden files among them, with the times in its metrics left out. */
export function trainingFiles(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) continue;
    const isMetrics = name === "metrics.jsonl";
    found[name] = readFileSync(path, isMetrics ? "utf8" : "base64");
    if (isMetrics) found[name] = found[name].replace(/"(seconds|waiting)":[\d.]+/g, '"$1":0');
  }
  return found;
}
