import { DEMO_BASELINES, type DemoPlan, stageLine } from "../jobs/demo/plan.js";
import type { DemoTimings } from "../jobs/demo/run.js";
import { type ReportPlan, writeReport } from "./run.js";

/** The held-out micrograph that the report shows: free of large contaminants. */
const SHOWN = "May08_05.59.52.png";

const CITATIONS: ReportPlan["citations"] = [
  {
    name: "Micrographs",
    text: "EMPIAR-10146, apoferritin, binned to 3.0 angstrom per pixel (CC0)",
    url: "https://doi.org/10.6019/EMPIAR-10146",
  },
  {
    name: "Structure",
    text: "PDB 2ZA7, horse L-chain apoferritin; Yoshizawa et al. 2007, J. Biochem. 142:707",
    url: "https://doi.org/10.2210/pdb2ZA7/pdb",
  },
  {
    name: "Method",
    text: "J. Zhang, Q. Chen, Y. Zeng, W. Gao, X. He, Z. Liu and J. Yu: CryoGEM, Physics-Informed Generative Cryo-Electron Microscopy, NeurIPS 2024",
    url: "https://arxiv.org/abs/2312.02235",
  },
];

/** Writes the report of a demo that went through all its stages; returns its path. */
export async function writeDemoReport(
  plan: DemoPlan,
  timings: DemoTimings,
  context: Parameters<typeof writeReport>[1],
): Promise<string> {
  const out = `${plan.out}/report.html`;
  await writeReport(
    {
      out,
      title: "Synthetic micrographs of apoferritin",
      introduction: [
        "Eight micrographs of EMPIAR-10146 taught the noise; PDB 2ZA7 gave the particles. Real micrographs that took no part in " +
          "estimating or training are what the scores compare with.",
      ],
      seed: plan.seed,
      estimates: `${plan.out}/estimates`,
      real: `${plan.example}/held-out/${SHOWN}`,
      simulated: `${plan.out}/specimens`,
      synthetic: `${plan.out}/synthetic`,
      scores: { folder: `${plan.out}/scores`, subject: "synthetic", baselines: [...DEMO_BASELINES] },
      model: `${plan.out}/models/cryogem`,
      timings,
      commands: plan.stages.map((stage) => ({ stage: stage.title, line: stageLine(stage) })),
      citations: CITATIONS,
    },
    context,
  );
  return out;
}
