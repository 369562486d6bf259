import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { outputNodes, pipelineForm } from "../../../src/io/star/pipeline.js";
import { writeStar } from "../../../src/io/star/write.js";
import { MAIN } from "../../cli/program.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { MICS, names, relionProject, writeParticles } from "./toy-project.js";

const { project, inProject, star, cryogem } = relionProject();

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
    const [particles, reference] = writeParticles(project);
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
