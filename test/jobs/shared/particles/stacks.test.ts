import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeMrc } from "../../../../src/io/mrc/write.js";
import { openStacks } from "../../../../src/jobs/shared/particles/particle-stacks.js";
import { nodeFiles } from "../../../../src/runtime/files.js";
import { scratchFolder } from "../../../helpers/scratch.js";

test("stacks of other formats are told as what they are", async () => {
  const folder = scratchFolder();
  const open = (name: string, first: string) => {
    writeFileSync(join(folder, name), Buffer.concat([Buffer.from(first, "latin1"), Buffer.alloc(2048)]));
    return openStacks(nodeFiles, [name], join(folder, "p.star"));
  };
  await expect(open("a.hdf", "\x89HDF\r\n\x1a\n")).rejects.toThrow(
    "a.hdf: found HDF5, expected an MRC stack, which `export` makes of it",
  );
  await expect(open("a.tif", "II*\0")).rejects.toThrow("a.tif: found a TIFF, expected an MRC stack");
});

test("a format behind a stack's name, as RELION lets it stand there, is no part of the name", async () => {
  const folder = scratchFolder();
  const image = {
    data: new Float32Array(16).fill(1),
    shape: [1, 4, 4] as const,
    voxelSize: 2,
    kind: "stack" as const,
  };
  writeFileSync(join(folder, "a.stk"), writeMrc(image));
  const open = (name: string) => openStacks(nodeFiles, [name], join(folder, "p.star"));
  expect((await open("a.stk:mrcs"))[0]!.path).toBe(join(folder, "a.stk"));
  await expect(open("b.stk:mrcs")).rejects.toThrow("b.stk:mrcs: found nothing there");
});
