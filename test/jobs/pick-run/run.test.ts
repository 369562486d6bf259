import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { matchPicks } from "../../../src/evaluate/picking/matching.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readBox } from "../../../src/io/picks/box.js";
import { readCbox } from "../../../src/io/picks/cbox.js";
import { readCoco } from "../../../src/io/picks/coco.js";
import { readPicksStar } from "../../../src/io/picks/star.js";
import { readTopaz } from "../../../src/io/picks/topaz.js";
import { encodePng } from "../../../src/io/png/write.js";
import { writeSafetensors } from "../../../src/io/safetensors.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { planPickRun } from "../../../src/jobs/pick-run/plan.js";
import { parsePickRecord } from "../../../src/jobs/pick-run/records.js";
import { runPicking } from "../../../src/jobs/pick-run/run.js";
import { scorePicks } from "../../../src/jobs/pick-score/run.js";
import { interruptedContext, jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { noisyMicrograph, OPTICS } from "../../pick/simulated.js";
import { attributesOf } from "../../plot/markup.js";
import { mrc, SHAPE, toyPickRun } from "./toy-run.js";

const dir = scratchFolder();
const { pixelSize } = OPTICS;
const { micrographs, options, run } = toyPickRun(dir);

const text = (...path: readonly string[]): string => readFileSync(join(dir, ...path), "utf8");
const everyFile = (name: string): Map<string, string> =>
  new Map(
    readdirSync(join(dir, name), { recursive: true, encoding: "utf8" })
      .filter((path) => statSync(join(dir, name, path)).isFile())
      .map((path) => [path, readFileSync(join(dir, name, path), "base64")]),
  );

describe("pick run", () => {
  test("box, cbox, COCO and Topaz text hold the picks of picks.star; the pictures circle them", async () => {
    const { record } = await run(options("labels", { labels: ["box", "cbox", "coco", "topaz"], box: 40 }));
    const places = (picks: readonly { x: number; y: number }[]): Float64Array =>
      Float64Array.from([...picks].sort((p, q) => p.y - q.y || p.x - q.x).flatMap(({ x, y }) => [x, y]));
    const near = { relative: 0, absolute: 2e-3 };
    const star = readPicksStar(text("labels", "picks.star"), "s", "");
    const coco = readCoco(text("labels", "labels", "coco.json"), "c");
    const topaz = readTopaz(text("labels", "labels", "topaz.txt"), "t");
    expect(coco.images.map(({ shape }) => shape)).toEqual([SHAPE, SHAPE]);
    micrographs.forEach(({ path }, i) => {
      const own = places(star.filter(({ micrograph }) => micrograph === path));
      expect(own).toHaveLength(2 * record.micrographs[i]!.picks);
      expect(own.length).toBeGreaterThan(10);
      const name = `mic.${i + 1}`;
      const box = readBox(text("labels", "labels", "box", `${name}.box`), "b", name);
      expect(places(box)).toBeAllclose(own, near);
      expect(box[0]!.boxSize).toBe(40);
      expect(places(readCbox(text("labels", "labels", "cbox", `${name}.cbox`), "b", name))).toBeAllclose(
        own,
        near,
      );
      expect(places(coco.picks.filter(({ micrograph }) => micrograph === path))).toBeAllclose(own, near);
      // Topaz reads whole pixels
      const whole = star
        .filter(({ micrograph }) => micrograph === path)
        .map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }));
      expect(places(topaz.filter(({ micrograph }) => micrograph === name))).toEqual(places(whole));
      const circles = attributesOf(text("labels", "pictures", `${name}.svg`), "circle");
      // on the middle of their pixels
      expect(
        places(circles.map(({ cx, cy }) => ({ x: Number(cx) - 0.5, y: Number(cy) - 0.5 }))),
      ).toBeAllclose(own, { relative: 0, absolute: 0.02 });
    });
    const listed = parseStar(text("labels", "autopick.star"), "a").table("coordinate_files");
    const coordinates = listed
      .strings("rlnMicrographCoordinates")
      .map((path) => readPicksStar(readFileSync(path), path, "m"));
    expect(coordinates.map((each) => each.length)).toEqual(record.micrographs.map(({ picks }) => picks));
  });

  test("an interrupted run goes on with what is missing, to the same bytes", async () => {
    await run(options("whole"));
    const stopping = interruptedContext(jobContext, 1);
    const plan = planPickRun(options("parts"));
    const runtime = () => Promise.reject(new Error("no network here"));
    await expect(runPicking(plan, { ...stopping, runtime })).rejects.toThrow(/abort/i);
    expect(existsSync(join(dir, "parts", "picks.star"))).toBe(false);
    const before = statSync(join(dir, "parts", "parts", "mic.1.json")).mtimeMs;
    await run(options("parts"));
    expect(statSync(join(dir, "parts", "parts", "mic.1.json")).mtimeMs).toBe(before);
    const [whole, resumed] = [everyFile("whole"), everyFile("parts")];
    // it names its own folder
    for (const files of [whole, resumed]) files.delete("autopick.star");
    expect(resumed).toEqual(whole);
  });

  test("another threshold picks nothing again; another diameter does", async () => {
    await run(options("again"));
    const written = () => statSync(join(dir, "again", "parts", "mic.1.json")).mtimeMs;
    const first = written();
    const { record } = await run(options("again", { threshold: 3 }));
    expect(written()).toBe(first);
    expect(record.threshold).toEqual({ value: 3, source: "given", separation: null });
    const scores = readPicksStar(text("again", "picks.star"), "s", "").map(({ score }) => score!);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(3);
    expect(parsePickRecord(text("again", "picks.json"), "r").micrographs[0]!.peaks).toBeGreaterThan(
      scores.length / 2,
    );
    await run(options("again", { particleDiameter: 150 }));
    expect(written()).toBeGreaterThan(first);
  });

  test("picks in pixels of another size than is given are not scored; other micrographs' files are told of", async () => {
    await run(options("scored"));
    const [first] = micrographs;
    const { notes } = await run(options("scored", { micrographs: [first!.path] }));
    expect(notes).toContain(
      `${join(dir, "scored")}: also holds pictures and coordinates of another micrograph of an earlier run (mic.2), which are not used here`,
    );
    const picks = [join(dir, "scored")];
    const wanted = { picks, truth: join(dir, "scored/picks.star"), radius: 20, pixelSize: 2 * pixelSize };
    await expect(scorePicks(wanted, jobContext().context)).rejects.toThrow(
      new RegExp(`picks\\.json: found ${pixelSize} angstrom per pixel, expected ${2 * pixelSize}, as given`),
    );
  });

  test("picks of a micrograph that the record does not know are refused, not left out", async () => {
    await run(options("unknown"));
    const path = join(dir, "unknown/all-picks.txt");
    writeFileSync(path, `${readFileSync(path, "utf8")}other\t5\t6\t1\n`);
    const wanted = {
      picks: [join(dir, "unknown")],
      truth: join(dir, "unknown/picks.star"),
      radius: 20,
      pixelSize,
    };
    await expect(scorePicks(wanted, jobContext().context)).rejects.toThrow(
      "all-picks.txt: found picks of other, expected",
    );
  });

  test("8 and 16-bit PNG give the picks of the floats they were made from", async () => {
    const { image } = micrographs[0]!;
    const grey = (top: number): readonly number[] =>
      Array.from(image.data, (value) =>
        Math.max(0, Math.min(top, Math.round(((value - 1000) / 600 + 0.5) * top))),
      );
    const shallow = join(dir, "shallow.png");
    const deep = join(dir, "deep.png");
    writeFileSync(shallow, encodePng({ shape: SHAPE, channels: 1, samples: Uint8Array.from(grey(255)) }));
    writeFileSync(deep, encodePng({ shape: SHAPE, channels: 1, samples: Uint16Array.from(grey(65_535)) }));
    await run(options("depths", { micrographs: [micrographs[0]!.path, shallow, deep] }));
    const picks = readPicksStar(text("depths", "picks.star"), "s", "");
    const of = (path: string) => picks.filter(({ micrograph }) => micrograph === path);
    const own = of(micrographs[0]!.path);
    for (const path of [shallow, deep]) {
      const same = matchPicks(own, of(path), 1).filter((index) => index >= 0).length;
      expect(same).toBeGreaterThanOrEqual(own.length - 2);
    }
  });

  test("where nothing is picked at all, what may be wrong is said", async () => {
    const said = expect.stringMatching(
      /^no place in 2 micrographs reaches the threshold 1000000: are particles/,
    );
    expect((await run(options("none-picked", { threshold: 1e6 }))).warnings).toEqual([said]);
    expect((await run(options("some-picked", { threshold: 2 }))).warnings).toEqual([]);
  });

  test("micrographs in which protein is white are told", async () => {
    const paths = micrographs.map(({ image }, i) => {
      const path = join(dir, `white.${i + 1}.mrc`);
      writeFileSync(path, mrc({ ...image, data: image.data.map((value) => -value) }));
      return path;
    });
    const { warnings } = await run(options("white", { micrographs: paths, threshold: 0.5 }));
    expect(warnings).toEqual([
      expect.stringMatching(
        /white\.1\.mrc: particles look white on a darker ground, where pickers expect them dark/,
      ),
    ]);
  });

  test("micrographs that cannot be picked are left out with a warning that says why", async () => {
    const bad = join(dir, "bad");
    mkdirSync(bad);
    const holed = noisyMicrograph(SHAPE, 3, 3).image;
    const torn = mrc(holed);
    const nan = mrc(holed);
    new DataView(nan.buffer, nan.byteOffset).setFloat32(1024 + 4 * (330 * 7 + 12), Number.NaN, true);
    const files = {
      "holed.mrc": nan,
      "flat.mrc": mrc(zeros(200, 200)),
      "tiny.mrc": mrc(noisyMicrograph([20, 60], 3, 1).image),
      "torn.mrc": torn.slice(0, 5000),
    };
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(bad, name), bytes);
    const paths = Object.keys(files).map((name) => join(bad, name));
    const { record, warnings } = await run(
      options("some", { micrographs: [...paths, micrographs[0]!.path] }),
    );
    expect(record.micrographs.map(({ name }) => name)).toEqual(["mic.1"]);
    const reasons = ["sample 2322: found NaN", "same value everywhere", "60 x 20 pixels", "file size"];
    reasons.forEach((reason, i) => {
      expect(record.failed[i]).toMatchObject({ file: paths[i] });
      expect(record.failed[i]!.reason).toContain(reason);
      expect(record.failed[i]!.reason).toContain(paths[i]!);
      expect(warnings.some((line) => line.includes(reason))).toBe(true);
    });
    await expect(run(options("none", { micrographs: [paths[1]!] }))).rejects.toThrow(
      "no micrograph that could be picked",
    );
  });

  test("a translator or another file in place of a picker is refused by name", async () => {
    const { log: _, ...base } = options("model");
    const path = join(dir, "translator.safetensors");
    writeFileSync(
      path,
      writeSafetensors([], { cryogem: JSON.stringify({ format: "cryogem-model", formatVersion: 1 }) }),
    );
    await expect(run({ ...base, model: path })).rejects.toThrow(/cryogem-model.*expected.*cryogem-picker/);
    await expect(run({ ...base, model: join(dir, "nowhere") })).rejects.toThrow("nowhere");
    rmSync(path);
  });

  test("a folder with other files is left alone", async () => {
    mkdirSync(join(dir, "other"));
    writeFileSync(join(dir, "other", "thesis.txt"), "years");
    await expect(run(options("other"))).rejects.toThrow("thesis.txt");
  });
});

describe("a folder of picks in pick score", () => {
  test("as the unsure places counts with its picks above the threshold", async () => {
    const { record } = await run(options("unsure", { threshold: 1 }));
    const picks = record.micrographs.reduce((sum, each) => sum + each.picks, 0);
    const peaks = record.micrographs.reduce((sum, each) => sum + each.peaks, 0);
    expect(picks).toBeGreaterThan(0);
    expect(peaks).toBeGreaterThan(picks);
    // nothing is there: every peak is false, but those above the threshold are excused
    mkdirSync(join(dir, "nothing"));
    for (const i of [1, 2]) writeFileSync(join(dir, "nothing", `mic.${i}.csv`), "x,y\n");
    const folder = join(dir, "unsure");
    const all = { picks: [folder], truth: join(dir, "nothing"), unsure: folder, radius: 1, pixelSize };
    const { pickers } = await scorePicks({ ...all, threshold: -1e9 }, jobContext().context);
    expect(pickers[0]!.scores.falsePositives).toBe(peaks - picks);
  });
});

test("headers that say another pixel size are told, of picked micrographs too that were picked before", async () => {
  const other = join(dir, "other-size");
  mkdirSync(other);
  const paths = micrographs.map(({ path, image: { data, shape } }, i) => {
    const copy = join(other, `${i}.mrc`);
    writeFileSync(copy, writeMrc({ data, shape: [1, ...shape], voxelSize: i === 0 ? 1 : 3 * pixelSize }));
    return { path, copy };
  });
  const wanted = options("other-size-picks", { micrographs: paths.map(({ copy }) => copy) });
  for (const _ of ["first", "again"]) {
    const { warnings, notes } = await run(wanted);
    expect(warnings).toContainEqual(
      expect.stringMatching(
        new RegExp(`1\\.mrc: its header says ${3 * pixelSize} angstrom per pixel, not ${pixelSize}$`),
      ),
    );
    expect(notes).toContainEqual(expect.stringMatching(/^1 of 2 micrographs give no pixel size/));
  }
});
