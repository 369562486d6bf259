import { join } from "node:path";
import { expect, test } from "vitest";
import { readArrays, readPicker, writeArrays } from "../../../../src/jobs/shared/models/model-files.js";
import { nodeFiles } from "../../../../src/runtime/files.js";
import { scratchFolder } from "../../../helpers/scratch.js";

const dir = scratchFolder();
const write = (name: string, data: Float32Array, record: object): Promise<void> =>
  writeArrays(nodeFiles, join(dir, name), {
    tensors: new Map([["stem.weight", { shape: [data.length], data }]]),
    metadata: { cryogem: JSON.stringify(record) },
  });

test("weights that are no finite numbers are refused by name and place", async () => {
  await write("whole.safetensors", Float32Array.of(1, 2, 3), {});
  expect((await readArrays(nodeFiles, join(dir, "whole.safetensors"))).tensors.size).toBe(1);
  await write("torn.safetensors", Float32Array.of(1, Number.NaN, 3), {});
  await expect(readArrays(nodeFiles, join(dir, "torn.safetensors"))).rejects.toThrow(
    "torn.safetensors: stem.weight, number 2: found NaN, expected a finite number",
  );
});

test("a field of the record is refused with what stands there and what should", async () => {
  const record = {
    format: "cryogem-picker",
    formatVersion: 1,
    program: "cryogem 9.9.9",
    particleDiameter: "wide",
  };
  await write("odd.safetensors", Float32Array.of(1), record);
  await expect(readPicker(nodeFiles, join(dir, "odd.safetensors"))).rejects.toThrow(
    'odd.safetensors: metadata cryogem.particleDiameter: found "wide", expected number',
  );
});
