import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { parseStar, type StarFile } from "../../../src/io/star/parse.js";
import { outputNodes, pipelineForm } from "../../../src/io/star/pipeline.js";
import { writeStar } from "../../../src/io/star/write.js";
import { boxIsInside, cutBox } from "../../../src/jobs/extract/box.js";
import { writeArrays } from "../../../src/jobs/shared/models/model-files.js";
import { pickerNetwork } from "../../../src/nn/picker.js";
import { initialValues, Scope } from "../../../src/nn/scope.js";
import { PICKER_DEFAULTS } from "../../../src/pick/defaults.js";
import { encodePicker } from "../../../src/pick/model.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { MAIN } from "../../cli/program.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { hasProgram } from "../../physics/relion.js";
import { DIAMETER, noisyMicrograph, OPTICS } from "../../pick/simulated.js";
import { toyRefinement, writeStar as writeToyStar } from "../refine/toy-refinement.js";

const SHAPE = [270, 330] as const;
const BOX = 40;

/**
 * RELION's project: two micrographs as its motion correction names them, and a picker with the weights it starts from. To a
 * command with "relion_" in it RELION adds --pipeline_control.
 */
const project = scratchFolder();
const names = ["MotionCorr/job002/raw/a.mrc", "MotionCorr/job002/raw/b.mrc"];
const images = names.map((_, i): Image => noisyMicrograph(SHAPE, 2.5, 10 + i).image);
const MICS = "CtfFind/job003/micrographs_ctf.star";
const THRESHOLD = 0.25;

const inProject = (...path: readonly string[]): string => join(project, ...path);
const star = (path: string): StarFile => parseStar(readFileSync(inProject(path), "utf8"), path);
const pipeline = (counter: number): string =>
  `\n# version 30001\n\ndata_pipeline_general\n\n_rlnPipeLineJobCounter ${counter}\n\n`;

interface Ended {
  readonly status: number;
  readonly stderr: string;
}

const run = (program: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(program, args, { cwd: project }, (error, _, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stderr }),
    );
  });
const cryogem = (...args: readonly string[]): Promise<Ended> => run(process.execPath, [MAIN, ...args]);

beforeAll(async () => {
  for (const folder of ["MotionCorr/job002/raw", "CtfFind/job003"])
    mkdirSync(inProject(folder), { recursive: true });
  images.forEach(({ data, shape }, i) => {
    const bytes = writeMrc({ data, shape: [1, ...shape], voxelSize: OPTICS.pixelSize, mode: "float32" });
    writeFileSync(inProject(names[i]!), bytes);
  });
  const optics = {
    rlnOpticsGroupName: ["opticsGroup1"],
    rlnOpticsGroup: [1],
    rlnMicrographOriginalPixelSize: [OPTICS.pixelSize],
    rlnMicrographPixelSize: [OPTICS.pixelSize],
    rlnVoltage: [OPTICS.voltage],
    rlnSphericalAberration: [OPTICS.sphericalAberration],
    rlnAmplitudeContrast: [OPTICS.amplitudeContrast],
  };
  const defocus = { rlnDefocusU: [15_000, 16_000], rlnDefocusV: [15_000, 16_000], rlnDefocusAngle: [0, 0] };
  const micrographs = { rlnMicrographName: names, rlnOpticsGroup: [1, 1], ...defocus };
  writeFileSync(
    inProject(MICS),
    writeStar([
      { name: "optics", columns: optics },
      { name: "micrographs", columns: micrographs },
    ]),
  );

  const options = { ...PICKER_DEFAULTS, width: 4, seed: 1 };
  const scope = Scope.root("picker");
  pickerNetwork(scope, options);
  const validation = { micrographs: 1, threshold: THRESHOLD, precision: 1, recall: 1, f1: 1, auprc: 1 };
  const model = {
    record: { program: "cryogem 9.9.9", particleDiameter: DIAMETER, step: 0, options, validation },
    parameters: new Map(scope.parameters.map((spec) => [spec.name, initialValues(spec, 3)])),
  };
  await writeArrays(nodeFiles, inProject("relion_pickers/model.safetensors"), encodePicker(model));
});

/** Particles whose images are named from the project's folder, as RELION names them, and a first reference. */
function writeParticles(): readonly string[] {
  const toy = toyRefinement(inProject("Extract/job004"), { count: 24, box: 20, noise: 1 });
  const particles = toy.set.particles.map((each) => ({
    ...each,
    image: { ...each.image!, stack: "Extract/job004/particles.mrcs" },
  }));
  writeToyStar(toy.star, { ...toy.set, particles });
  return ["Extract/job004/particles.star", "Extract/job004/reference.mrc"];
}

test("RELION 5 is told by the names that it gives in its pipeline", () => {
  const of = (type: string) => pipelineForm(`data_pipeline_nodes\n\nloop_\n_rlnPipeLineNodeName #1\n${type}`);
  expect(of("_rlnPipeLineNodeTypeLabel #2\na ParticleGroupMetadata.star.relion\n")).toBe("5");
  expect(of("_rlnPipeLineNodeTypeLabel #2\na ParticlesData.star.relion\n")).toBe("4");
  expect(of("_rlnPipeLineNodeType #2\na 3\n")).toBe("3.1");
  const { columns } = outputNodes([{ path: "a", kind: "coordinates" }], "5");
  expect(columns["rlnPipeLineNodeTypeLabel"]).toEqual(["MicrographCoordsGroup.star.relion.autopick"]);
});

describe("a job by itself", () => {
  const job = "External/job001";
  const exits = (): readonly string[] =>
    ["SUCCESS", "FAILURE", "ABORTED"].filter((how) => existsSync(inProject(job, `RELION_JOB_EXIT_${how}`)));

  test("without a project it writes what RELION 4 and newer read", async () => {
    const { status, stderr } = await cryogem(
      "relion",
      "--o",
      `${job}/`,
      "--in_mics",
      MICS,
      "--picker",
      "relion_pickers",
      "--j",
      "1",
    );
    expect(status, stderr).toBe(0);
    expect(exits()).toEqual(["SUCCESS"]);
    const nodes = star(`${job}/RELION_OUTPUT_NODES.star`).table("output_nodes");
    expect(nodes.strings("rlnPipeLineNodeName")).toEqual([`${job}/autopick.star`]);
    expect(nodes.strings("rlnPipeLineNodeTypeLabel")).toEqual(["MicrographsCoords.star.relion.autopick"]);
    const list = star(`${job}/autopick.star`).table("coordinate_files");
    expect(list.strings("rlnMicrographName")).toEqual(names);
    for (const file of list.strings("rlnMicrographCoordinates"))
      expect(star(file).tables[0]!.rows).toBeGreaterThan(0);
  });

  test.each<[string, readonly string[], number, string]>([
    ["a file that is not there", ["--in_mics", "none.star", "--picker", "relion_pickers"], 1, "none.star"],
    ["a label that it does not know", ["--in_mics", MICS, "--pickr", "picker"], 2, "--pickr"],
    ["options that do not go together", ["--dataset", "made", "--picker", "relion_pickers"], 2, "--picker"],
    ["nothing to do", [], 2, "--picker"],
    ["particles without a reference", ["--in_parts", "p.star"], 2, "--in_3dref"],
    ["a picker's option with particles", ["--in_parts", "p.star", "--threshold", "1"], 2, "--threshold"],
    [
      "another job's folder",
      ["--dataset", "made", "--pipeline_control", "External/job002/"],
      2,
      "--pipeline_control",
    ],
  ])("tells RELION that it failed: %s", async (_, args, code, word) => {
    const { status, stderr } = await cryogem("relion", "--o", `${job}/`, ...args);
    expect([status, exits()]).toEqual([code, ["FAILURE"]]);
    expect(stderr).toContain(word);
  });

  test("without a folder it says what is wrong, as any command", async () => {
    const { status, stderr } = await cryogem("relion", "--o", "", "--dataset", "made");
    expect([status, stderr.trim()]).toEqual([2, 'error: --o: found "", expected a path']);
    const inFile = await cryogem("relion", "--o", `${MICS}/job`, "--dataset", "made");
    expect([inFile.status, inFile.stderr.trim().split("\n").length]).toEqual([1, 2]);
    expect(inFile.stderr).toMatch(
      /^warning: .*RELION_JOB_EXIT_FAILURE: found a file where a folder should be.*\nerror: .* found a file where a folder should be/,
    );
  });

  test("stops when RELION asks it to", async () => {
    const many = inProject("many.star");
    const rows = Array.from({ length: 2000 }, (_, i) => `again/${i}.mrc`);
    mkdirSync(inProject("again"));
    for (const row of rows) writeFileSync(inProject(row), readFileSync(inProject(names[0]!)));
    const optics = star(MICS).table("optics");
    const columns = Object.fromEntries(optics.labels.map((label) => [label, optics.carried(label)]));
    const micrographs = { rlnMicrographName: rows, rlnOpticsGroup: rows.map(() => 1) };
    writeFileSync(
      many,
      writeStar([
        { name: "optics", columns },
        { name: "micrographs", columns: micrographs },
      ]),
    );
    const args = [
      "relion",
      "--o",
      `${job}/`,
      "--in_mics",
      "many.star",
      "--picker",
      "relion_pickers",
      "--j",
      "1",
    ];
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: project,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    // it begins with no file of an earlier run
    await new Promise((resolve) => child.stderr.once("data", resolve));
    writeFileSync(inProject(job, "RELION_JOB_ABORT_NOW"), "");
    expect(await ended).toBe(130);
    expect(exits()).toEqual(["ABORTED"]);
  });

  test("particles are refined against a reference; particles, map and half maps are the nodes", async () => {
    const [particles, reference] = writeParticles();
    const { status, stderr } = await cryogem(
      ...["relion", "--o", `${job}/`, "--in_parts", particles!, "--in_3dref", reference!],
      ...["--symmetry", "C1", "--j", "1"],
    );
    expect(status, stderr).toBe(0);
    expect(exits()).toEqual(["SUCCESS"]);
    const nodes = star(`${job}/RELION_OUTPUT_NODES.star`).table("output_nodes");
    const made = nodes.strings("rlnPipeLineNodeName");
    expect(made.map((path) => path.replace(`${job}/refined/`, ""))).toEqual([
      ...["run_data.star", "map.mrc", "half1.mrc", "half2.mrc"],
    ]);
    expect(nodes.strings("rlnPipeLineNodeTypeLabel")).toEqual([
      ...["ParticlesData.star.relion", "DensityMap.mrc", "DensityMap.mrc.halfmap", "DensityMap.mrc.halfmap"],
    ]);
    expect(star(made[0]!).table("particles").strings("rlnImageName")[0]).toBe(
      "000001@Extract/job004/particles.mrcs",
    );
  });

  test("a dataset is named from the project's folder; one outside is refused", async () => {
    const map = writeToyMap(inProject("map.mrc"));
    const small = ["--map", map, "--size", "96", "--particles", "3", "--count", "2", "--out", "made"];
    expect((await cryogem("simulate", ...small)).status).toBe(0);
    const { status, stderr } = await cryogem(
      "relion",
      "--o",
      `${job}/`,
      "--dataset",
      "made/",
      "--form",
      "3.1",
    );
    expect(status, stderr).toBe(0);
    const nodes = star(`${job}/RELION_OUTPUT_NODES.star`).table("output_nodes");
    expect(nodes.strings("rlnPipeLineNodeName")).toEqual([
      `${job}/micrographs.star`,
      `${job}/particles.star`,
    ]);
    expect([...nodes.integers("rlnPipeLineNodeType")]).toEqual([1, 3]);
    for (const kind of ["micrographs", "particles"]) {
      const [table, theirs] = [
        star(`${job}/${kind}.star`).table(kind),
        star(`made/${kind}.star`).table(kind),
      ];
      for (const path of table.strings("rlnMicrographName")) expect(existsSync(inProject(path))).toBe(true);
      for (const label of theirs.labels.filter((each) => each !== "rlnMicrographName")) {
        expect(table.carried(label)).toEqual(theirs.carried(label));
      }
    }
    const outside = await cryogem("relion", "--o", `${job}/`, "--dataset", "../made");
    expect([outside.status, exits()]).toEqual([2, ["FAILURE"]]);
  });
});

const needed = ["relion_pipeliner", "relion_preprocess"];
describe.skipIf(!needed.every(hasProgram))(
  "in RELION 3.1 (needs relion_pipeliner and relion_preprocess)",
  () => {
    /** Adds a job to the project and lets RELION run it. */
    async function relionJob(
      type: number,
      number: string,
      options: Readonly<Record<string, string>>,
    ): Promise<string> {
      const columns = {
        rlnJobOptionVariable: Object.keys(options),
        rlnJobOptionValue: Object.values(options),
      };
      const file = `job-${type}.star`;
      const job = { rlnJobType: [type], rlnJobIsContinue: [0] };
      writeFileSync(
        inProject(file),
        writeStar([
          { name: "job", isLoop: false, columns: job },
          { name: "joboptions_values", columns },
        ]),
      );
      const added = await run("relion_pipeliner", ["--addJobFromStar", file]);
      expect(added.status, added.stderr).toBe(0);
      const ran = await run("relion_pipeliner", ["--RunJobs", number, "--sec_wait_after", "1"]);
      expect(ran.status, ran.stderr).toBe(0);
      return number;
    }

    test("picks of an External job appear in the pipeline, and its Extract job cuts the particles out", async () => {
      writeFileSync(inProject("default_pipeline.star"), pipeline(11));
      const job = await relionJob(99, "External/job011/", {
        fn_exe: `${process.execPath} ${MAIN} relion`,
        in_mic: MICS,
        ...{ param1_label: "picker", param1_value: "relion_pickers", nr_threads: "1" },
      });
      expect(readFileSync(inProject(job, "note.txt"), "utf8")).toContain(`--pipeline_control ${job}`);
      const nodes = star("default_pipeline.star").table("pipeline_nodes");
      const coordinates = `${job}picks/coordinates/coords_suffix_autopick.star`;
      const at = nodes.strings("rlnPipeLineNodeName").indexOf(coordinates);
      expect(nodes.integers("rlnPipeLineNodeType")[at]).toBe(2);

      const extract = await relionJob(5, "Extract/job012/", {
        ...{ star_mics: MICS, coords_suffix: coordinates },
        ...{ extract_size: String(BOX), do_invert: "No", do_norm: "No", do_rescale: "No", nr_mpi: "1" },
      });
      const picks = star(`${job}picks/picks.star`).table("particles");
      const particles = star(`${extract}particles.star`).table("particles");
      const [x, y] = [particles.numbers("rlnCoordinateX"), particles.numbers("rlnCoordinateY")];
      const micrographs = particles.strings("rlnMicrographName");
      let compared = 0;
      particles.strings("rlnImageName").forEach((name, row) => {
        const [index, file] = name.split("@") as [string, string];
        const { data } = readMrc(readFileSync(inProject(file)), file);
        const theirs = data.subarray((Number(index) - 1) * BOX * BOX, Number(index) * BOX * BOX);
        const [column, line] = [Math.trunc(x[row]!), Math.trunc(y[row]!)];
        if (!boxIsInside(SHAPE, column, line, BOX)) return;
        const ours = cutBox(images[names.indexOf(micrographs[row]!)]!, column, line, BOX);
        expect(theirs).toBeAllclose(ours.data, { relative: 1e-5, absolute: 1e-3 });
        compared++;
      });
      expect(compared).toBeGreaterThan(10);
      expect(particles.rows).toBeLessThanOrEqual(picks.rows);
      expect(particles.rows).toBeGreaterThan(picks.rows / 2);
    });

    test("a refinement appears in the pipeline by the kinds of its files", async () => {
      const [particles, reference] = writeParticles();
      writeFileSync(inProject("default_pipeline.star"), pipeline(21));
      const job = await relionJob(99, "External/job021/", {
        fn_exe: `${process.execPath} ${MAIN} relion`,
        ...{ in_part: particles!, in_3dref: reference!, nr_threads: "1" },
      });
      const nodes = star("default_pipeline.star").table("pipeline_nodes");
      const types = nodes.integers("rlnPipeLineNodeType");
      const typeOf = Object.fromEntries(
        nodes.strings("rlnPipeLineNodeName").map((name, i) => [name, types[i]]),
      );
      expect(typeOf).toMatchObject({
        [`${job}refined/run_data.star`]: 3,
        [`${job}refined/map.mrc`]: 6,
        [`${job}refined/half1.mrc`]: 10,
        [`${job}refined/half2.mrc`]: 10,
      });
    });
  },
);
