import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar } from "../../../src/io/star/parse.js";
import type { CompanyView, PicksView, SavedPicks, TableView } from "../../../src/jobs/view/records.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { TINY_PARTICLES, writeTinyDataset } from "../../helpers/toys/dataset.js";
import { type Served, serve } from "../../helpers/view/server.js";

const dir = scratchFolder();
let served: Served;

const PICKS = `
data_optics

loop_
_rlnOpticsGroup #1
_rlnVoltage #2
_rlnSphericalAberration #3
_rlnAmplitudeContrast #4
_rlnMicrographPixelSize #5
1 300 2.7 0.1 2

data_particles

loop_
_rlnMicrographName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnAutopickFigureOfMerit #4
_rlnDefocusU #5
_rlnDefocusV #6
_rlnDefocusAngle #7
_rlnOpticsGroup #8
_rlnOriginXAngst #9
_rlnOriginYAngst #10
raw/m1.mrc 10 20 0.9 12000 11000 30 1 4 0
raw/m1.mrc 30 40 0.2 12000 11000 30 1 0 0
raw/m2.mrc 50 60 0.5 13000 12500 40 1 0 0
`;

const image = (): Uint8Array =>
  writeMrc({
    data: Float32Array.from({ length: 64 * 72 }, (_, i) => i % 7),
    shape: [1, 64, 72],
    voxelSize: 2,
    kind: "image",
  });

beforeAll(async () => {
  mkdirSync(join(dir, "raw"));
  mkdirSync(join(dir, "small"));
  for (const name of ["m1", "m2"]) writeFileSync(join(dir, "raw", `${name}.mrc`), image());
  writeFileSync(join(dir, "picks.star"), PICKS);
  writeFileSync(join(dir, "far.box"), "100\t20\t10\t10\n");
  writeFileSync(join(dir, "m1.box"), "95\t20\t10\t10\n5\t20\t10\t10\n");
  writeFileSync(
    join(dir, "broken.star"),
    "data_\nloop_\n_rlnMicrographName #1\n_rlnCoordinateX #2\nm1 1 2 3\n",
  );
  writeFileSync(
    join(dir, "metrics.jsonl"),
    '{"step":1,"loss":0.5}\n{"step":2,"loss":0.25,"ice":{"mean":1}}\n{"step":3,"lo',
  );
  writeFileSync(
    join(dir, "shells.csv"),
    'frequency_per_angstrom,fsc,name\n0,1,a\n0.1,inf,"b,c"\n0.2,0.25,d\n',
  );
  writeFileSync(
    join(dir, "record.json"),
    '{"format":"x","micrographs":[{"file":"m1","picks":3},{"file":"m2","picks":5}]}',
  );
  await writeTinyDataset(join(dir, "set"));
  served = await serve([dir], true);
});
afterAll(() => served.end());

const column = async (place: string, block: number, name: string): Promise<readonly (number | string)[]> => {
  const { body, headers } = await served.ask("column", { place, block, name });
  return String(headers["content-type"]).startsWith("application/json")
    ? JSON.parse(body.toString())
    : Array.from(new Float64Array(new Uint8Array(body).buffer));
};

describe("tables", () => {
  test("of a STAR file have its blocks and columns, with their kinds", async () => {
    const { blocks } = await served.json<TableView>("open", { place: "0/picks.star" });
    expect(blocks.map(({ name, rows }) => [name, rows])).toEqual([
      ["optics", 1],
      ["particles", 3],
    ]);
    expect(blocks[1]!.columns.slice(0, 2)).toEqual([
      { name: "rlnMicrographName", type: "text" },
      { name: "rlnCoordinateX", type: "number" },
    ]);
    expect(await column("0/picks.star", 1, "rlnDefocusU")).toEqual([12000, 12000, 13000]);
    expect((await served.ask("column", { place: "0/picks.star", block: 1, name: "rlnNone" })).status).toBe(
      400,
    );
  });

  test("of lines of JSON leave out a line that is being written, and name inner values with a dot", async () => {
    const { blocks } = await served.json<TableView>("open", { place: "0/metrics.jsonl" });
    expect(blocks[0]).toMatchObject({ rows: 2 });
    expect(await column("0/metrics.jsonl", 0, "loss")).toEqual([0.5, 0.25]);
    expect(await column("0/metrics.jsonl", 0, "ice.mean")).toEqual([Number.NaN, 1]);
  });

  test("of CSV keep quoted commas, and numbers that are infinite", async () => {
    expect(await column("0/shells.csv", 0, "name")).toEqual(["a", "b,c", "d"]);
    expect(await column("0/shells.csv", 0, "frequency_per_angstrom")).toEqual([0, 0.1, 0.2]);
  });

  test("of Topaz are tables, other texts are read as they are", async () => {
    writeFileSync(join(dir, "topaz.txt"), "image_name\tx_coord\ty_coord\tscore\nm9\t3\t4\t-0.5\n");
    writeFileSync(join(dir, "realism.txt"), "      real\nfid  0.5\n");
    expect(await served.json("open", { place: "0/topaz.txt" })).toMatchObject({ what: "table" });
    expect(await column("0/topaz.txt", 0, "score")).toEqual([-0.5]);
    expect(await served.json("open", { place: "0/realism.txt" })).toMatchObject({
      ...{ what: "text", text: "      real\nfid  0.5\n" },
    });
  });

  test("of JSON are the lists in it", async () => {
    const { blocks } = await served.json<TableView>("open", { place: "0/record.json" });
    expect(blocks.map(({ name, rows }) => [name, rows])).toEqual([
      ["micrographs", 2],
      ["file", 1],
    ]);
    expect(await column("0/record.json", 0, "picks")).toEqual([3, 5]);
  });
});

describe("what goes with an image", () => {
  test("labels that mean it, those of another size as unsure, and what could not be read", async () => {
    const { overlays, problems } = await served.json<CompanyView>("company", { place: "0/raw/m1.mrc" });
    expect(overlays.map(({ name, count, outside, isSure }) => ({ name, count, outside, isSure }))).toEqual([
      { name: "picks.star", count: 2, outside: 0, isSure: true },
      { name: "m1.box", count: 2, outside: 1, isSure: false },
    ]);
    expect(problems).toEqual([expect.stringMatching(/broken\.star: line 5/)]);
  });

  test("its CTF, with the optics of its group", async () => {
    const { ctfs } = await served.json<CompanyView>("company", { place: "0/raw/m2.mrc" });
    expect(ctfs).toEqual([
      {
        ...{ source: "picks.star", defocusU: 13000, defocusV: 12500, defocusAngle: 40, phaseShift: 0 },
        ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 2 },
      },
    ]);
  });

  test("places are where particles sit: their coordinates less their origins", async () => {
    const picks = await served.json<PicksView>("picks", { place: "0/raw/m1.mrc", labels: "0/picks.star" });
    expect(picks).toEqual({ x: [8, 30], y: [20, 40], score: [0.9, 0.2] });
  });

  test("a dataset's micrograph has its mask, its particles with their diameter, and no other's", async () => {
    const place = "0/set/micrographs/000001.mrc";
    const { layers, overlays } = await served.json<CompanyView>("company", { place });
    expect(layers.map(({ name }) => name)).toContain("mask");
    expect(overlays.map(({ name, isSure }) => [name, isSure])).toEqual([["set/particles.star", true]]);
    const { x, y, diameter } = await served.json<PicksView>("picks", { place, labels: overlays[0]!.place });
    expect(x).toEqual(TINY_PARTICLES.map(({ at }) => at.x));
    expect(y).toEqual(TINY_PARTICLES.map(({ at }) => at.y));
    expect(diameter).toBe(10);
  });

  test("a name in a table leads to its image", async () => {
    const found = await served.json<{ place: string }>("micrograph", {
      place: "0/picks.star",
      name: "Job1/raw/m2.mrc",
    });
    expect(found.place).toBe("0/raw/m2.mrc");
    const { status, body } = await served.ask("micrograph", { place: "0/picks.star", name: "raw/m9.mrc" });
    expect(status).toBe(404);
    expect(body.toString()).toMatch(/raw\/m9\.mrc: found no such image/);
  });
});

describe("corrected picks", () => {
  const post = async (body: unknown) => {
    const { search } = new URL(served.url);
    const first = await served.fetch(`/${search}`, {});
    const cookie = String(first.headers["set-cookie"]).split(";")[0]!;
    return served.fetch("/api/save", { cookie }, "POST", JSON.stringify(body));
  };
  const read = async (name: string) =>
    parseStar(new TextDecoder().decode(await nodeFiles.read(join(dir, name))), name);
  const body = {
    labels: "0/picks.star",
    image: "0/raw/m1.mrc",
    x: [8, 33.5],
    y: [20, 44],
    score: [0.9, null],
  };

  test("go beside the file that they correct, with its optics and CTFs, and leave it as it was", async () => {
    const reply = await post(body);
    expect(JSON.parse(reply.body.toString()) as SavedPicks).toEqual({
      ...{ place: "0/picks_corrected.star", name: "picks_corrected.star" },
    });
    expect(new TextDecoder().decode(await nodeFiles.read(join(dir, "picks.star")))).toBe(PICKS);
    const star = await read("picks_corrected.star");
    const table = star.table("particles");
    expect(table.strings("rlnMicrographName")).toEqual(["raw/m1.mrc", "raw/m1.mrc", "raw/m2.mrc"]);
    expect(Array.from(table.numbers("rlnCoordinateX"))).toEqual([8, 33.5, 50]);
    expect(Array.from(table.numbers("rlnAutopickFigureOfMerit"))).toEqual([0.9, -999, 0.5]);
    expect(Array.from(table.numbers("rlnDefocusU"))).toEqual([12000, 12000, 13000]);
    expect(table.has("rlnOriginXAngst")).toBe(false);
    expect(Array.from(star.table("optics").numbers("rlnVoltage"))).toEqual([300]);
  });

  test("saved again keep the older file under another name", async () => {
    const again = { ...body, labels: "0/picks_corrected.star", x: [1], y: [2], score: [null] };
    const reply = await post(again);
    expect(JSON.parse(reply.body.toString())).toMatchObject({
      ...{ name: "picks_corrected.star", kept: "picks_corrected_old1.star" },
    });
    expect((await read("picks_corrected_old1.star")).table("particles").rows).toBe(3);
    expect(
      Array.from((await read("picks_corrected.star")).table("particles").numbers("rlnCoordinateX")),
    ).toEqual([1, 50]);
  });

  test("by hand alone are a file of their own", async () => {
    const reply = await post({ image: "0/raw/m2.mrc", x: [5], y: [6], score: [null] });
    expect(JSON.parse(reply.body.toString())).toMatchObject({ place: "0/raw/m2_picks_corrected.star" });
  });

  test("that are none are refused", async () => {
    for (const bad of [
      {},
      { ...body, x: [1] },
      { ...body, x: ["a", 1] },
      { ...body, image: "0/../x.mrc" },
      null,
    ]) {
      expect((await post(bad)).status).toBe(400);
    }
  });
});
