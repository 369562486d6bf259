import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeMrc } from "../../src/io/mrc/write.js";
import { writeComparePage } from "../../src/report/compare.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";
import { noise } from "./found.js";

const dir = scratchFolder();
const { files } = jobContext().context;

test("the page says how long rows were trained, has a line a row, and names where the measures are explained", async () => {
  const real = join(dir, "real.mrc");
  const { data, shape } = noise(1);
  writeFileSync(real, writeMrc({ data, shape: [1, ...shape], voxelSize: 3 }));
  const row = { text: "cut <b>", role: "candidate", steps: 7, seconds: 65 };
  const score = { mean: 0.5, spread: 0, values: [0.5] };
  const page = join(dir, "compare.html");
  const finished = {
    ...{ page, made: [], project: { folder: dir, settings: { title: "Test" } } },
    data: { heldOut: [real], learned: [], pixelSize: 3 },
    comparison: {
      ...{ program: "cryogem 9", minutes: 1, seeds: [4] },
      rows: [{ ...row, scores: { spectrum: score } }],
    },
  };
  await writeComparePage(finished as unknown as Parameters<typeof writeComparePage>[0], files);
  const html = readFileSync(page, "utf8");
  expect(html).toContain("1 minute of training for every row with a network, seed 4,");
  expect(html).toContain("docs/results/evaluation.md explains the measures");
  expect(html).toContain(
    '<th scope="row">cut &lt;b&gt;</th><td>7</td><td>1 min 05 s</td><td>0.500</td></tr>',
  );
});
