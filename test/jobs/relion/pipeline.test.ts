import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readMrc } from "../../../src/io/mrc/read.js";
import { writeStar } from "../../../src/io/star/write.js";
import { boxIsInside, cutBox } from "../../../src/jobs/extract/box.js";
import { MAIN } from "../../cli/program.js";
import { hasProgram } from "../../physics/relion.js";
import { images, MICS, names, relionProject, SHAPE, writeParticles } from "./toy-project.js";

const BOX = 40;
const { project, inProject, star, run } = relionProject();

const pipeline = (counter: number): string =>
  `\n# version 30001\n\ndata_pipeline_general\n\n_rlnPipeLineJobCounter ${counter}\n\n`;

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
      const [particles, reference] = writeParticles(project);
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
