/**
 * Realism by cross-validation on the bundled apoferritin: each of three folds runs the demo's project on eight of the twelve
 * micrographs and scores on the other four (every third), with its own seed. Resumes; prints the table of docs/results/realism.md.
 *   npm run build && npx vite-node bench/results/realism-folds.ts OUT
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mean, standardDeviation } from "../../src/array/statistics.js";
import { MEASURE_TITLES, REALISM_MEASURES } from "../../src/evaluate/realism/measures.js";
import { decodeRealism } from "../../src/jobs/evaluate/records.js";

const FOLDS = 3;
const out = process.argv[2];
if (!out) throw new Error("usage: npx vite-node bench/results/realism-folds.ts OUT");
const root = fileURLToPath(new URL("../..", import.meta.url));
const example = join(root, "examples", "apoferritin-10146");
const micrographs = ["train", "held-out"]
  .flatMap((part) => readdirSync(join(example, part)).map((name) => ({ part, name })))
  .filter(({ name }) => name.endsWith(".png"))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

const folds = Array.from({ length: FOLDS }, (_, fold) => {
  const data = join(out, `fold${fold + 1}-data`);
  for (const [i, { part, name }] of micrographs.entries()) {
    const side = join(data, i % FOLDS === fold ? "held-out" : "train");
    mkdirSync(side, { recursive: true });
    copyFileSync(join(example, part, name), join(side, name));
  }
  copyFileSync(join(example, "2za7.pdb"), join(data, "2za7.pdb"));
  const result = join(out, `fold${fold + 1}`);
  const project = join(data, "project.yaml");
  const text = readFileSync(join(example, "project.yaml"), "utf8");
  writeFileSync(project, text.replace(/^seed: .*$/m, `seed: ${fold + 1}`).replace(/^shown: .*$/m, ""));
  const { status } = spawnSync(
    process.execPath,
    [join(root, "dist/cli/main.js"), "run", project, "--out", result],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  if (status !== 0) throw new Error(`fold ${fold + 1}: cryogem run ended with ${status}`);
  const path = join(result, "scores", "realism.json");
  return decodeRealism(readFileSync(path, "utf8"), path);
});

const names = folds[0]!.rows.map(({ name }) => name);
console.log(`| mean of ${FOLDS} folds ± their standard deviation | ${names.join(" | ")} |`);
console.log(`|${"---|".repeat(names.length + 1)}`);
for (const measure of REALISM_MEASURES) {
  const cells = names.map((name) => {
    const values = folds.flatMap(
      ({ rows }) => rows.find((row) => row.name === name)?.scores[measure]?.mean ?? [],
    );
    return values.length === FOLDS
      ? `${mean(values).toPrecision(3)} ± ${standardDeviation(values).toPrecision(2)}`
      : "";
  });
  if (cells.every((cell) => cell !== ""))
    console.log(`| ${MEASURE_TITLES[measure]} | ${cells.join(" | ")} |`);
}
