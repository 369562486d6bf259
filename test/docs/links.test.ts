import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { documents } from "./pages.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** The anchors of a page's headings, as GitHub makes them: lower case, punctuation gone, blanks to hyphens. */
const anchors = (page: string): readonly string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );

/** Links of a page to files of the repository, which are neither there nor have the named heading. */
const broken = (page: string): readonly string[] =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path, heading] = link.split("#") as [string, string?];
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      return heading !== undefined && !anchors(target).includes(heading);
    });

test.each(documents)("%s: every link leads to a file and a heading that exist", (page) => {
  expect(broken(page)).toEqual([]);
});

test("every page of docs/ is in the index docs/README.md", () => {
  const listed = [...read("docs/README.md").matchAll(/\]\(([^)#\s]+)/g)].map(([, path]) =>
    join("docs", path!),
  );
  const pages = documents.filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
  expect(pages.filter((page) => !listed.includes(page))).toEqual([]);
});

test("every path into docs/ that the code, the help and the scripts name exists", () => {
  const named = execFileSync(
    "grep",
    [
      "-rnoE",
      "docs/[a-zA-Z0-9_/.-]+\\.(md|png|1)\\b",
      "src",
      "viewer",
      "bench",
      "scripts",
      "examples",
      "package.json",
      "docs",
    ],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const places = named
    .trim()
    .split("\n")
    .map((line) => line.split(":") as [file: string, line: string, path: string]);
  expect(places.length).toBeGreaterThan(30);
  expect(places.filter(([, , path]) => !existsSync(join(root, path)))).toEqual([]);
});
