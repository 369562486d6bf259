import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
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
