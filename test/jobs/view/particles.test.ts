import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { writeNpyTable } from "../../../src/io/npy/read.js";
import { writeClassesStar } from "../../../src/io/particles/star-classes.js";
import type { TableView } from "../../../src/jobs/view/records.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { type Served, serve } from "../../helpers/view/server.js";

const dir = scratchFolder();
const BOX = 8;
let served: Served;

/** A stack of images of one grey each: `first`, `first` + 1 and so on. */
const stackOf = (first: number, count: number): Uint8Array => {
  const data = Float32Array.from({ length: count * BOX * BOX }, (_, i) => first + Math.floor(i / BOX ** 2));
  return writeMrc({ data, shape: [count, BOX, BOX], voxelSize: 2, kind: "stack" });
};

const starOf = (...names: string[]): string =>
  `data_particles\nloop_\n_rlnImageName\n_rlnDefocusU\n${names.map((name, i) => `${name} ${i}`).join("\n")}\n`;

beforeAll(async () => {
  const write = (name: string, content: Uint8Array | string): void => {
    mkdirSync(join(dir, name, ".."), { recursive: true });
    writeFileSync(join(dir, name), content);
  };
  // as a project of RELION: names count from its folder
  write("Extract/job1/a.mrcs", stackOf(10, 3));
  write("Extract/job1/b.mrcs", stackOf(20, 2));
  const a = (n: number): string => `00000${n}@Extract/job1/a.mrcs`;
  const b = (n: number): string => `00000${n}@Extract/job1/b.mrcs`;
  write("Class2D/job2/run_data.star", starOf(b(2), a(1), a(3), b(1)));
  write("Class2D/job2/far.star", starOf(a(4)));
  write("Class2D/job2/lost.star", starOf("000001@Extract/job9/c.mrcs"));
  // as classify2d of this program writes them: names count from the table
  write("classes/classes.mrcs", stackOf(30, 2));
  const classes = [0.7, 0.3].map((share) => ({ share, resolution: 12 }));
  write(
    "classes/run_model.star",
    writeClassesStar({ stack: "classes.mrcs", box: BOX, pixelSize: 2, classes }),
  );
  // as cryoSPARC: paths count from its project, numbers from 0
  const cs = {
    "blob/path": { dtype: "|S30", shape: [], values: [">J3/imported/d.mrc", "J3/imported/d.mrc"] },
    "blob/idx": { dtype: "<u4", shape: [], values: Float64Array.of(1, 0) },
  };
  write("J3/imported/d.mrc", stackOf(40, 2));
  write("J3/J3_particles.cs", writeNpyTable({ rows: 2, columns: new Map(Object.entries(cs)) }));
  served = await serve([dir]);
});
afterAll(() => served.end());

/** The greys of the images of some rows. */
async function greys(place: string, rows: string): Promise<number[]> {
  const { blocks } = await served.json<TableView>("open", { place });
  const block = blocks.findIndex(({ hasImages }) => hasImages);
  const { status, body } = await served.ask("images", { place, block, rows, side: 64 });
  if (status !== 200) throw new Error(`${status}: ${body}`);
  const size = 12 + 2 * BOX ** 2;
  return Array.from({ length: body.length / size }, (_, i) => {
    expect([body.readUInt16LE(i * size), body.readUInt16LE(i * size + 2)]).toEqual([BOX, BOX]);
    return body.readFloatLE(i * size + 4) + body.readFloatLE(i * size + 8) * body.readUInt16LE(i * size + 12);
  });
}

test("particles of RELION have the images that their names say, from the folder of the project, in the order asked for", async () => {
  expect(await greys("0/Class2D/job2/run_data.star", "0,1,2,3")).toEqual([21, 10, 12, 20]);
  expect(await greys("0/Class2D/job2/run_data.star", "3,1")).toEqual([20, 10]);
});

test("class averages have theirs beside the table", async () => {
  expect(await greys("0/classes/run_model.star", "0,1")).toEqual([30, 31]);
});

test("particles of cryoSPARC have theirs from the folder of its project, and count from 0", async () => {
  expect(await greys("0/J3/J3_particles.cs", "0,1")).toEqual([41, 40]);
});

test("an image that is not there is named, and so is a stack", async () => {
  await expect(greys("0/Class2D/job2/far.star", "0")).rejects.toThrow(
    /422.*far\.star: image of row 1: found 4, expected 1 to 3, the images of .*a\.mrcs/,
  );
  await expect(greys("0/Class2D/job2/lost.star", "0")).rejects.toThrow(
    /404.*Extract\/job9\/c\.mrcs: found no such stack among what is shown/,
  );
  await expect(greys("0/Class2D/job2/run_data.star", "4")).rejects.toThrow(/400.*expected some of 4/);
});
