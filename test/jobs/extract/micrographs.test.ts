import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { micrographsOf } from "../../../src/jobs/extract/micrographs.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();

test("a name that leads to two micrographs, beside the table and from the working folder, is said once", async () => {
  const image = (value: number): Uint8Array =>
    writeMrc({ data: new Float32Array(12).fill(value), shape: [1, 3, 4], voxelSize: 2 });
  for (const folder of ["job", "work"]) {
    mkdirSync(join(dir, folder));
    writeFileSync(join(dir, folder, "same.mrc"), image(5));
    writeFileSync(join(dir, folder, "other.mrc"), image(folder === "job" ? 1 : 2));
  }
  const { context, warnings } = jobContext();
  // names lead from the folder `work`, as if the program had been started there
  const inWork = (path: string): string => (path.startsWith("/") ? path : join(dir, "work", path));
  const { files } = context;
  const started = {
    ...files,
    exists: (path: string) => files.exists(inWork(path)),
    size: (path: string) => files.size(inWork(path)),
    readRange: (path: string, from: number, to: number) => files.readRange(inWork(path), from, to),
  };
  const micrographs = micrographsOf({ ...context, files: started }, join(dir, "job/c.star"));
  for (const name of ["same.mrc", "other.mrc", "other.mrc"]) {
    expect((await micrographs.header(name)).path).toBe(join(dir, "job", name));
  }
  expect(warnings).toEqual([
    `${join(dir, "job/c.star")}: other.mrc is ${join(dir, "job/other.mrc")} here, and another file from the working folder; ` +
      "the first is used",
  ]);
});
