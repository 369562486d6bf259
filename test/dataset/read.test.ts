import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { FormatError } from "../../src/core/errors.js";
import { readDataset, readMicrograph } from "../../src/dataset/reader.js";
import { nodeFiles as files } from "../../src/runtime/files.js";
import { scratchFolder } from "../helpers/scratch.js";
import { makeAll } from "./three-micrographs.js";

const root = scratchFolder();
let dir = "";
let counter = 0;
beforeEach(() => {
  dir = join(root, String(counter++));
});

const edit = (name: string, from: string | RegExp, to: string): void => {
  const path = join(dir, name);
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
};

test.each([
  [/"voltage": 300/, '"voltage": "300"', 'optics.voltage: found "300", expected a number'],
  [/"voltage": 300/, '"voltage": 300000', "optics.voltage: found 300000, expected"],
  [/"formatVersion": 1/, '"formatVersion": 2', "formatVersion: found 2, expected 1"],
  [/"iceMean": 0.9/, '"iceMean": 1.5', "micrographs[0].iceMean: found 1.5, expected"],
  [/"pixelSize": 2,/, "", "optics.pixelSize: found undefined, expected a number"],
  [/"format"/, '"form', "text: found"],
  [/"pixelSize": 2/, '"pixelSize": 200', "optics.pixelSize: found 200, expected 0.1 to 50 angstrom"],
  [
    /"defocusU": 15000/,
    '"defocusU": 2e9',
    "micrographs[0].defocusU: found 2000000000, expected angstrom, as 21000",
  ],
  [/"phaseShift": 0/, '"phaseShift": 900', "micrographs[0].phaseShift: found 900, expected degrees"],
  [
    /"defocusU": 15000,(\s*)"defocusV": 14800/,
    '"defocusU": 1.5,$1"defocusV": 1.48',
    "micrographs[0].defocusU: found 1.5, expected angstrom, as 21000, not micrometre",
  ],
])("a damaged manifest is refused: %s", async (from, to, message) => {
  await makeAll(dir);
  edit("dataset.json", from, to);
  await expect(readDataset(files, dir)).rejects.toThrow(FormatError);
  await expect(readDataset(files, dir)).rejects.toThrow(`dataset.json: ${message}`);
});

const particles = async (): Promise<number> => {
  let count = 0;
  for await (const _ of (await readDataset(files, dir)).particles()) count++;
  return count;
};

test("a damaged line of truth.jsonl is refused by its number, a lost one by the count", async () => {
  await makeAll(dir);
  expect(await particles()).toBe(6);
  edit("truth.jsonl", '"tilt":20', '"tilt":null');
  await expect(particles()).rejects.toThrow("truth.jsonl: line 1, tilt: found null, expected a number");
  edit("truth.jsonl", '"tilt":null', '"tilt":20');
  edit("truth.jsonl", /[^\n]*\n$/, "");
  await expect(particles()).rejects.toThrow("truth.jsonl: lines: found 5, expected 6, from dataset.json");
});

test("particles out of order, or far from their micrograph, are refused", async () => {
  await makeAll(dir);
  const places = async (): Promise<void> => {
    for await (const _ of (await readDataset(files, dir)).byMicrograph());
  };
  await places();
  edit("truth.jsonl", '"id":2', '"id":7');
  await expect(places()).rejects.toThrow("truth.jsonl: line 2, id: found 7, expected 2, in their order");
  edit("truth.jsonl", '"id":7', '"id":2');
  edit("truth.jsonl", /"x":30/, '"x":300');
  await expect(places()).rejects.toThrow(
    "truth.jsonl: particle 3, x: found 300, expected a place in or at its micrograph of 48 x 40 pixels",
  );
});

test.each(["rot", "tilt", "psi"])(
  "a matrix that %s contradicts is refused, with line and field",
  async (angle) => {
    await makeAll(dir);
    edit("truth.jsonl", new RegExp(`(\n.*"${angle}":)[-.0-9]+`), "$144");
    await expect(particles()).rejects.toThrow(
      /truth\.jsonl: line 2, matrix: found \[.*\], expected \[.*\], the matrix of rot .*44/,
    );
  },
);

test("particles of a micrograph that the manifest does not have are refused, not left out", async () => {
  await makeAll(dir);
  const path = join(dir, "dataset.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...manifest, micrographs: manifest.micrographs.slice(0, 2) }));
  const all = async (): Promise<void> => {
    for await (const _ of (await readDataset(files, dir)).byMicrograph());
  };
  await expect(all()).rejects.toThrow(
    "truth.jsonl: particle 4, micrograph: found 3, expected one of dataset.json, in its order",
  );
});

test("a micrograph comes back with its pixels; of another shape it is refused", async () => {
  await makeAll(dir);
  const { manifest } = await readDataset(files, dir);
  const image = await readMicrograph(files, dir, manifest.micrographs[2]!);
  expect(image.shape).toEqual([40, 48]);
  expect(image.data[7]).toBeCloseTo(Math.sin(21), 6);
  const wrong = { ...manifest.micrographs[2]!, shape: [48, 40] as const };
  await expect(readMicrograph(files, dir, wrong)).rejects.toThrow("found [1,40,48], expected 1 x 48 x 40");
});

test("a folder without a dataset is refused", async () => {
  mkdirSync(dir);
  await expect(readDataset(files, dir)).rejects.toThrow("dataset.json: found nothing there");
});
