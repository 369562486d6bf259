import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { scorePicking } from "../../../src/evaluate/picking/picking.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { readPicksStar } from "../../../src/io/picks/star.js";
import { parseStar } from "../../../src/io/star/parse.js";
import { writeStar } from "../../../src/io/star/write.js";
import { boxIsInside, cutBox } from "../../../src/jobs/extract/box.js";
import { planPickRun } from "../../../src/jobs/pick-run/plan.js";
import { runPicking } from "../../../src/jobs/pick-run/run.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram } from "../../physics/relion.js";
import { DIAMETER, noisyMicrograph, OPTICS, OPTICS_BLOCK } from "../../pick/simulated.js";

const hasRelion = ["relion_preprocess", "relion_autopick"].every(hasProgram);
const BOX = 40;
const SHAPE = [270, 330] as const;

describe.skipIf(!hasRelion)("RELION and picks (needs relion_preprocess and relion_autopick)", () => {
  const dir = scratchFolder();
  const picks = join(dir, "picks");
  const run = (program: string, args: readonly string[]) => promisify(execFile)(program, args, { cwd: dir });
  // as RELION is used: named from the project's folder
  const names = ["raw/a.mrc", "raw/b.mrc"];
  const made = names.map((_, i) => noisyMicrograph(SHAPE, 2.5, 10 + i));

  beforeAll(async () => {
    mkdirSync(join(dir, "raw"));
    made.forEach(({ image: { data, shape } }, i) => {
      const bytes = writeMrc({ data, shape: [1, ...shape], voxelSize: OPTICS.pixelSize, mode: "float32" });
      writeFileSync(join(dir, names[i]!), bytes);
    });
    const { context } = jobContext();
    const plan = planPickRun({
      micrographs: names,
      ...{ out: "picks", pixelSize: OPTICS.pixelSize, particleDiameter: DIAMETER, log: true, threshold: 2 },
      ...{ voltage: OPTICS.voltage, cs: OPTICS.sphericalAberration },
    });
    // a job sees the paths of the project's folder
    const at = (path: string): string => (path.startsWith("/") ? path : join(dir, path));
    const files = {
      ...context.files,
      read: (path: string) => context.files.read(at(path)),
      write: (path: string, bytes: Parameters<typeof context.files.write>[1]) =>
        context.files.write(at(path), bytes),
      exists: (path: string) => context.files.exists(at(path)),
      list: (path: string) => context.files.list(at(path)),
      sha256: (path: string) => context.files.sha256(at(path)),
      lock: (path: string) => context.files.lock(at(path)),
      sweep: (path: string) => context.files.sweep(at(path)),
      remove: (path: string) => context.files.remove(at(path)),
    };
    const workers = {
      ...context.workers,
      map: async <Input, Output>(
        _: string,
        inputs: readonly Input[],
        { shared }: { readonly shared?: unknown },
      ) => {
        const { pickMicrographTask } = await import("../../../src/jobs/pick-run/micrograph.js");
        const outputs: Output[] = [];
        for (const input of inputs) {
          outputs.push((await pickMicrographTask(input as never, shared as never, files)) as Output);
        }
        return outputs;
      },
    };
    await runPicking(plan, {
      ...context,
      files,
      workers,
      runtime: () => Promise.reject(new Error("no network")),
    });
    const columns = { rlnMicrographName: names, rlnOpticsGroup: [1, 1] };
    writeFileSync(join(dir, "micrographs.star"), writeStar([OPTICS_BLOCK, { name: "micrographs", columns }]));
  }, 120_000);

  /** What RELION cut out for each row of a STAR file, beside what lies in the micrograph at that row's place. */
  function compare(star: string): number {
    const table = parseStar(readFileSync(join(dir, star), "utf8"), star).table("particles");
    const [x, y] = [table.numbers("rlnCoordinateX"), table.numbers("rlnCoordinateY")];
    const micrographs = table.strings("rlnMicrographName");
    let compared = 0;
    table.strings("rlnImageName").forEach((name, row) => {
      const [index, file] = name.split("@") as [string, string];
      const { data } = readMrc(readFileSync(join(dir, file)), file);
      const theirs = data.subarray((Number(index) - 1) * BOX * BOX, Number(index) * BOX * BOX);
      // RELION drops the fraction of a coordinate
      const [column, line] = [Math.trunc(x[row]!), Math.trunc(y[row]!)];
      const image: Image = made[names.indexOf(micrographs[row]!)]!.image;
      if (!boxIsInside(SHAPE, column, line, BOX)) return;
      expect(theirs).toBeAllclose(cutBox(image, column, line, BOX).data, {
        relative: 1e-5,
        absolute: 1e-3,
      });
      compared++;
    });
    return compared;
  }

  const count = (): number => readPicksStar(readFileSync(join(picks, "picks.star")), "picks.star", "").length;

  test("relion_preprocess extracts from picks.star", async () => {
    await run("relion_preprocess", [
      ...["--i", "micrographs.star", "--reextract_data_star", "picks/picks.star"],
      ...[
        "--part_dir",
        "one/",
        "--part_star",
        "one/particles.star",
        "--extract",
        "--extract_size",
        String(BOX),
      ],
    ]);
    const compared = compare("one/particles.star");
    expect(compared).toBeGreaterThan(0.6 * count());
    expect(count()).toBeGreaterThan(40);
  });

  test("relion_preprocess finds the coordinates of each micrograph under --coord_dir", async () => {
    await run("relion_preprocess", [
      ...["--i", "micrographs.star", "--coord_dir", "picks/coordinates/", "--coord_suffix", "_autopick.star"],
      ...[
        "--part_dir",
        "two/",
        "--part_star",
        "two/particles.star",
        "--extract",
        "--extract_size",
        String(BOX),
      ],
    ]);
    expect(compare("two/particles.star")).toBeGreaterThan(0.6 * count());
  });

  test("the Laplacian ranks at least as well as relion_autopick --LoG on the same images", async () => {
    await run("relion_autopick", [
      ...[
        "--i",
        "micrographs.star",
        "--odir",
        "log/",
        "--pickname",
        "autopick",
        "--LoG",
        "--shrink",
        "0",
        "--lowpass",
        "20",
      ],
      ...[
        "--LoG_diam_min",
        String(DIAMETER),
        "--LoG_diam_max",
        String(DIAMETER),
        "--LoG_adjust_threshold",
        "-5",
      ],
    ]).catch((error: { readonly stderr?: string }) => {
      // the plot at the end needs Ghostscript; the picks are there before
      if (!/ gs/.test(error.stderr ?? "")) throw error;
    });
    const auprc = (read: (name: string) => readonly { x: number; y: number; score?: number }[]): number =>
      scorePicking(
        made.map(({ truth }, i) => ({
          ...{ truth, shape: SHAPE },
          picks: read(names[i]!).map(({ x, y, score }) => ({ x, y, score: score! })),
        })),
        { radius: 25 / OPTICS.pixelSize },
      ).auprc;
    const theirs = auprc((name) => {
      const path = join(dir, "log", name.replace(".mrc", "_autopick.star"));
      return readPicksStar(readFileSync(path), path, name);
    });
    const parts = (name: string) => {
      const path = join(picks, "parts", name.replace("raw/", "").replace(".mrc", ".json"));
      const { peaks } = JSON.parse(readFileSync(path, "utf8")) as { peaks: [number, number, number][] };
      return peaks.map(([x, y, score]) => ({ x, y, score }));
    };
    expect(theirs).toBeGreaterThan(0.2);
    expect(auprc(parts)).toBeGreaterThan(theirs - 0.02);
  });
});
