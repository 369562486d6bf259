import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { zeros } from "../../src/array/image.js";
import { FormatError, UsageError } from "../../src/core/errors.js";
import { imageKinds, writeImages } from "../../src/dataset/images.js";
import { joinDataset } from "../../src/dataset/join.js";
import { writeLabels } from "../../src/dataset/labels.js";
import { writePart } from "../../src/dataset/part.js";
import { readDataset, readMicrograph } from "../../src/dataset/reader.js";
import type { DatasetJob, MicrographPart, ParticleDraft } from "../../src/dataset/records.js";
import { openDataset } from "../../src/dataset/writer.js";
import { parseStar } from "../../src/io/star/parse.js";
import { nodeFiles as files } from "../../src/runtime/files.js";
import { scratchFolder } from "../helpers/scratch.js";
import { snapshot } from "../helpers/snapshot.js";

const root = scratchFolder();
let dir = "";
let counter = 0;
beforeEach(() => {
  dir = join(root, String(counter++));
});

const job: DatasetJob = {
  program: "cryogem 9.9.9",
  command: "simulate",
  options: { count: 3, snr: 0.1 },
  seed: 5,
  inputs: [{ path: "map.mrc", sha256: "ab".repeat(32) }],
  optics: { pixelSize: 2, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
  particleDiameter: 100,
  count: 3,
};
const kinds = imageKinds(false);

const draft = (micrograph: number, x: number): ParticleDraft => ({
  micrograph,
  x,
  y: 20 + x,
  originX: 0.25,
  originY: -0.5,
  rot: 10.5,
  tilt: 20,
  psi: -30,
  matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  depth: 100,
  defocusU: 14_900,
  defocusV: 14_700,
  defocusAngle: 33,
  phaseShift: 0,
  structure: 1,
  visibleFraction: 0.75,
  overlap: 0,
});

/** Micrograph 2 has no particle: that must not break anything. */
const part = (index: number): MicrographPart => {
  const particles = index === 2 ? [] : [draft(index, index), draft(index, index + 7), draft(index, 30)];
  return {
    micrograph: {
      index,
      path: `micrographs/00000${index}.mrc`,
      shape: [40, 48],
      iceMean: 0.9,
      particles: particles.length,
      defocusU: 15_000,
      defocusV: 14_800,
      defocusAngle: 33,
      phaseShift: 0,
    },
    particles,
  };
};

async function make(index: number): Promise<void> {
  const micrograph = zeros(40, 48);
  micrograph.data.forEach((_, i) => {
    micrograph.data[i] = Math.sin(i * index);
  });
  await writeImages(
    files,
    dir,
    index,
    { micrograph, mask: zeros(40, 48) },
    { mode: "float32", pixelSize: 2 },
  );
  await writePart(files, dir, part(index));
}

async function makeAll(): Promise<void> {
  for (const index of (await openDataset(files, dir, job, kinds)).missing) await make(index);
  await joinDataset(files, dir);
}

describe("writing", () => {
  test("a finished dataset has exactly the files of the layout", async () => {
    await makeAll();
    expect(Object.keys(snapshot(dir)).sort()).toEqual(
      [
        "dataset.json",
        "masks",
        "micrographs",
        "previews",
        "micrographs.star",
        "particles.star",
        "truth.jsonl",
        ...[1, 2, 3].flatMap((i) => [
          `masks/00000${i}.png`,
          `micrographs/00000${i}.mrc`,
          `previews/00000${i}.png`,
        ]),
      ].sort(),
    );
  });

  test("ids count through the dataset, half sets alternate, labels stand in RELION's tables", async () => {
    await makeAll();
    const particles = [];
    for await (const particle of (await readDataset(files, dir)).particles()) particles.push(particle);
    expect(particles.map(({ id, halfSet, micrograph }) => [id, halfSet, micrograph])).toEqual([
      [1, 1, 1],
      [2, 2, 1],
      [3, 1, 1],
      [4, 2, 3],
      [5, 1, 3],
      [6, 2, 3],
    ]);
    expect(particles[3]).toEqual({ id: 4, ...draft(3, 3), halfSet: 2 });

    const star = parseStar(readFileSync(join(dir, "particles.star"), "utf8"), "particles.star");
    const table = star.table("particles");
    expect([...table.numbers("rlnCoordinateX")]).toEqual([1, 8, 30, 3, 10, 30]);
    expect([...table.numbers("rlnOriginXAngst")]).toEqual(Array(6).fill(0.25));
    expect([...table.numbers("rlnDefocusU")]).toEqual(Array(6).fill(14_900));
    expect([...table.integers("rlnRandomSubset")]).toEqual([1, 2, 1, 2, 1, 2]);
    expect(table.strings("rlnMicrographName")[3]).toBe("micrographs/000003.mrc");
    expect(table.has("rlnImageName")).toBe(false);
    // half as large again as the particle: 100 A at 2 A a pixel
    expect([...star.table("optics").integers("rlnImageSize")]).toEqual([76]);

    const micrographs = parseStar(readFileSync(join(dir, "micrographs.star"), "utf8"), "micrographs.star");
    expect([...micrographs.table("micrographs").numbers("rlnDefocusV")]).toEqual([14_800, 14_800, 14_800]);
    expect(micrographs.table("optics").has("rlnImagePixelSize")).toBe(false);
  });

  test("an interrupted dataset knows what is missing; continued, it is the same to the byte", async () => {
    await makeAll();
    const whole = snapshot(dir);
    dir = join(root, "interrupted");
    expect((await openDataset(files, dir, job, kinds)).missing).toEqual([1, 2, 3]);
    await make(2);
    // images without the part: stopped in between
    await writeImages(
      files,
      dir,
      3,
      { micrograph: zeros(40, 48), mask: zeros(40, 48) },
      { mode: "float32", pixelSize: 2 },
    );
    // written aside by a run that was killed
    writeFileSync(join(dir, "masks/.000001.png.4242.0.partial"), "half");
    const { missing, finished } = await openDataset(files, dir, job, kinds);
    expect([missing, finished]).toEqual([[1, 3], false]);
    for (const index of missing) await make(index);
    await joinDataset(files, dir);
    expect(snapshot(dir)).toEqual(whole);
  });

  test.each([
    ["masks/000002.png", [2]],
    ["micrographs/000001.mrc", [1]],
    ["particles.star", []],
    ["truth.jsonl", [1, 2, 3]],
  ])("a finished dataset that lost %s is repaired to the same bytes", async (lost, missing) => {
    await makeAll();
    const whole = snapshot(dir);
    expect(await openDataset(files, dir, job, kinds)).toEqual({ missing: [], finished: true });
    rmSync(join(dir, lost));
    expect(await openDataset(files, dir, job, kinds)).toEqual({ missing, finished: false });
    for (const index of missing) await make(index);
    await joinDataset(files, dir);
    expect(snapshot(dir)).toEqual(whole);
  });

  test("joining without a part fails and leaves no manifest", async () => {
    await openDataset(files, dir, job, kinds);
    await make(1);
    await expect(joinDataset(files, dir)).rejects.toThrow("parts/000002.json: found nothing there");
    expect(readdirSync(dir)).not.toContain("dataset.json");
  });
});

describe("ownership", () => {
  const other: readonly (readonly [string, Partial<DatasetJob>, string])[] = [
    ["command", { command: "generate" }, 'command: found "simulate", expected "generate"'],
    ["option", { options: { count: 3, snr: 0.2 } }, "option snr: found 0.1, expected 0.2"],
    ["further option", { options: { ...job.options, depth: 9 } }, "option depth: found none, expected 9"],
    ["seed", { seed: 6 }, "seed: found 5, expected 6"],
    [
      "input",
      { inputs: [{ path: "map.mrc", sha256: "cd".repeat(32) }] },
      `content of input map.mrc: found "${"ab".repeat(32)}", expected "${"cd".repeat(32)}"`,
    ],
    ["inputs", { inputs: [] }, "number of inputs: found 1, expected 0"],
  ];
  test.each(other)(
    "another %s is refused, unfinished or finished, and named",
    async (_name, change, message) => {
      await openDataset(files, dir, job, kinds);
      await expect(openDataset(files, dir, { ...job, ...change }, kinds)).rejects.toThrow(UsageError);
      await expect(openDataset(files, dir, { ...job, ...change }, kinds)).rejects.toThrow(message);
      await makeAll();
      await expect(openDataset(files, dir, { ...job, ...change }, kinds)).rejects.toThrow(message);
    },
  );

  test("the same input under another name is accepted", async () => {
    await makeAll();
    const moved = { ...job, inputs: [{ ...job.inputs[0]!, path: "/elsewhere/map.mrc" }] };
    expect((await openDataset(files, dir, moved, kinds)).finished).toBe(true);
  });

  test("another program version may read a finished dataset but not continue one", async () => {
    const newer = { ...job, program: "cryogem 10.0.0" };
    await openDataset(files, dir, job, kinds);
    await expect(openDataset(files, dir, newer, kinds)).rejects.toThrow('program: found "cryogem 9.9.9"');
    await makeAll();
    expect((await openDataset(files, dir, newer, kinds)).finished).toBe(true);
  });

  test("a folder with other files is refused and not touched, an empty one is taken", async () => {
    mkdirSync(dir);
    expect((await openDataset(files, dir, job, kinds)).missing).toEqual([1, 2, 3]);
    const mine = join(root, "mine");
    mkdirSync(mine);
    writeFileSync(join(mine, "thesis.tex"), "");
    await expect(openDataset(files, mine, job, kinds)).rejects.toThrow(
      "mine: found a folder with other files (thesis.tex), expected a new or empty folder",
    );
    expect(readdirSync(mine)).toEqual(["thesis.tex"]);
  });
});

describe("reading", () => {
  const edit = (name: string, from: string | RegExp, to: string): void => {
    const path = join(dir, name);
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(from);
    writeFileSync(path, text.replace(from, to));
  };

  test.each([
    [/"voltage": 300/, '"voltage": "300"', 'optics.voltage: found "300", expected a number'],
    [/"formatVersion": 1/, '"formatVersion": 2', "formatVersion: found 2, expected 1"],
    [/"iceMean": 0.9/, '"iceMean": 1.5', "micrographs[0].iceMean: found 1.5, expected"],
    [/"pixelSize": 2,/, "", "optics.pixelSize: found undefined, expected a number"],
    [/"format"/, '"form', "text: found"],
  ])("a damaged manifest is refused: %s", async (from, to, message) => {
    await makeAll();
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
    await makeAll();
    expect(await particles()).toBe(6);
    edit("truth.jsonl", '"tilt":20', '"tilt":null');
    await expect(particles()).rejects.toThrow("truth.jsonl: line 1, tilt: found null, expected a number");
    edit("truth.jsonl", /.*\n/, "");
    await expect(particles()).rejects.toThrow("truth.jsonl: lines: found 5, expected 6, from dataset.json");
  });

  test("a micrograph comes back with its pixels; of another shape it is refused", async () => {
    await makeAll();
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

  test("further label forms", async () => {
    await makeAll();
    await writeLabels(files, dir, ["topaz", "box", "coco"]);
    const text = (name: string): string => readFileSync(join(dir, "labels", name), "utf8");
    expect(text("topaz.txt").split("\n").slice(0, 3)).toEqual([
      "image_name\tx_coord\ty_coord",
      "000001\t1\t21",
      "000001\t8\t28",
    ]);
    // read by pandas the names of both tables become the same numbers, whatever has no particle too
    expect(text("topaz-images.txt")).toBe(
      "image_name\tpath\n000001\tmicrographs/000001.mrc\n000002\tmicrographs/000002.mrc\n000003\tmicrographs/000003.mrc\n",
    );
    // corner = centre - half of 76; the centre is (3, 23) less origins of (0.25, -0.5) angstrom over 2
    expect(text("box/000003.box").split("\n")[0]).toBe("-35.125\t-14.75\t76\t76");
    expect(text("box/000002.box")).toBe("");
    const coco = JSON.parse(text("coco.json"));
    expect(coco.images.length).toBe(3);
    expect(coco.annotations.map((each: { image_id: number }) => each.image_id)).toEqual([1, 1, 1, 3, 3, 3]);
    expect(coco.annotations.map((each: { id: number }) => each.id)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
