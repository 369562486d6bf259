import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SRC = new URL("../src", import.meta.url).pathname;

/** Source files below a folder, by their paths in it. */
const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));

test("RELION's columns are named in io and nowhere else; messages and help may speak of them", () => {
  const named = /(["'`])rln\w+\1|^\s*rln\w+:/m;
  const found = sources(SRC).filter(
    (path) => !path.startsWith("io/") && named.test(readFileSync(join(SRC, path), "utf8")),
  );
  expect(found).toEqual([]);
  expect(named.test(readFileSync(join(SRC, "io/star/names.ts"), "utf8"))).toBe(true);
});

test("no folder is a drawer: 16 source files at most", () => {
  const counts = new Map<string, number>();
  for (const path of sources(SRC)) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > 16)).toEqual([]);
});
