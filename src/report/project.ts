import type { Files } from "../core/ports.js";
import { inside } from "../dataset/layout.js";
import { CHECK } from "../jobs/check/records.js";
import { setAside } from "../jobs/check/run.js";
import { CONTROL, type ControlRecord, parseControlRecord } from "../jobs/control/records.js";
import type { FinishedRun } from "../jobs/run/run.js";
import type { ReportStep } from "./data.js";
import { stepsFromMap } from "./map/steps.js";
import { type ReportPlan, writeReport } from "./run.js";

const METHOD: ReportPlan["citations"][number] = {
  name: "Method",
  text:
    "J. Zhang, Q. Chen, Y. Zeng, W. Gao, X. He, Z. Liu and J. Yu: CryoGEM, Physics-Informed Generative " +
    "Cryo-Electron Microscopy, NeurIPS 2024",
  url: "https://arxiv.org/abs/2312.02235",
};

/** Writes the report of a project that went through all its stages; returns its path. */
export async function writeProjectReport(
  run: FinishedRun,
  context: { readonly files: Files; readonly program: string },
): Promise<string> {
  const { project, data, findings, stages } = run;
  const { settings, folder } = project;
  const out = inside(folder, "report.html");
  const at = (name: string): string => inside(folder, name);
  const has = (stage: string): boolean => stages.some((each) => each.stage.name === stage);
  const taught = data.learned.length - (data.unfitted?.size ?? 0);
  const aside = setAside(findings).size;
  const left = aside > 0 ? ` (${aside} ${aside === 1 ? "was" : "were"} set aside, see below)` : "";
  const count = `${taught} micrographs taught the noise, of ${data.all.length} in all${left}`;
  await writeReport(
    {
      out,
      title: settings.title,
      introduction: [
        `${count}; ${fileName(data.structure)} gave the particles. ` +
          (data.heldOut.length > 0
            ? `${data.heldOut.length} micrographs took no part in learning: the scores compare with these.`
            : "No micrograph was held out, so nothing is scored."),
        ...(settings.notes ?? []),
      ],
      seed: settings.seed,
      checked: { folder: at(CHECK.folder), findings },
      estimates: at("estimates"),
      real: await shownMicrograph(run, context.files),
      simulated: at("specimens"),
      synthetic: at("synthetic"),
      ...(has("evaluate") && {
        scores: { folder: at("scores"), subject: "synthetic", baselines: [...(settings.baselines ?? [])] },
      }),
      model: at("models/cryogem"),
      ...(has("pick-run") && { picks: at("picks") }),
      ...(has("fsc") && {
        map: {
          ...{ folder, structure: fileName(data.structure) },
          ...{ hasAverages: has("classify2d"), hasPoses: has("pose-run") },
        },
      }),
      control: await controlOf(run, context.files),
      next: nextSteps(run),
      timings: stages.map(({ stage, seconds }) => ({ stage: stage.title, seconds })),
      commands: stages.map(({ stage, line }) => ({ stage: stage.title, line })),
      citations: [...citationsOf(settings.citations ?? []), METHOD],
    },
    context,
  );
  return out;
}

const fileName = (path: string): string => path.replace(/^.*[\\/]/, "");

/** A real micrograph at the sampling of the synthetic ones: held out if there is one. */
export async function shownMicrograph(
  { project, data }: Pick<FinishedRun, "project" | "data">,
  files: Files,
): Promise<string> {
  const shown = project.settings.shown;
  const paths = data.heldOut.length > 0 ? data.heldOut : data.learned;
  const raw = paths.find((path) => shown !== undefined && path.endsWith(`/${shown}`)) ?? paths[0]!;
  if (!data.binning) return raw;
  const folder = inside(project.folder, data.heldOut.length > 0 ? "working-held-out" : "working");
  const names = await files.list(folder);
  const stem = raw.replace(/^.*[\\/]/, "").replace(/\.[^.]+$/, "");
  return inside(
    folder,
    names.find((name) => name === `${stem}.mrc`) ?? names.find((name) => name.endsWith(".mrc"))!,
  );
}

/** The control of the project's loop, if there is one of the present refinement. */
async function controlOf({ project, stages }: FinishedRun, files: Files): Promise<ControlRecord | undefined> {
  const path = inside(project.folder, CONTROL.record);
  if (!(await files.exists(path))) return undefined;
  const record = parseControlRecord(new TextDecoder().decode(await files.read(path)), path);
  return stages.some(({ stage, key }) => stage.name === "refine" && key === record.key) ? record : undefined;
}

/** A citation of the project file: "name: text https://…". */
function citationsOf(texts: readonly string[]): ReportPlan["citations"] {
  return texts.map((each) => {
    const [, name = "Data", rest = each] = /^([^:]{1,40}): (.*)$/.exec(each) ?? [];
    const [, text = rest, url] = /^(.*?)[,;]?\s*(https?:\/\/\S+)$/.exec(rest) ?? [];
    return { name, text, ...(url !== undefined && { url }) };
  });
}

/** What a person may do with the results, by what the run has made. */
export function nextSteps({
  project,
  data,
  stages,
}: Pick<FinishedRun, "project" | "data" | "stages">): readonly ReportStep[] {
  const at = (name: string): string => inside(project.folder, name);
  const { pixelSize, particleDiameter } = project.settings;
  // half as large again as the particle, in raw pixels, even
  const box = 2 * Math.ceil((0.75 * particleDiameter) / pixelSize);
  const steps: ReportStep[] = [
    {
      text: "Look at the pictures above: real, physics and synthetic side by side, then the CTF fits and the picks.",
    },
  ];
  const hasMap = stages.some(({ stage }) => stage.name === "fsc");
  if (hasMap) steps.push(...stepsFromMap(project));
  else if (stages.some(({ stage }) => stage.name === "pick-run")) {
    steps.push({
      text:
        "Go on to particles, a map and its resolution: write `goal: map` and the particle's `symmetry` into the " +
        "project file and run it again. What is done stays.",
      line: `cryogem run ${project.path}`,
    });
    steps.push(
      {
        text:
          `The picks are in the pixels of the raw micrographs. RELION's Extract takes \`${at("picks/picks.star")}\` as ` +
          `refined particles to re-extract or, from RELION 4 on, \`${at("picks/autopick.star")}\` as coordinates. Here they ` +
          "are cut out together with the CTFs of the raw micrographs" +
          (data.ctf === undefined ? " (CTFS is the table of RELION or of `cryogem estimate`):" : ":"),
        line:
          `cryogem extract --particles ${at("picks/picks.star")} --ctf ${data.ctf ?? "CTFS"} --box ${box} ` +
          `--normalise --out ${at("particles/stack.mrcs")}`,
      },
      {
        text: "Score the picks, where you have labels of your own:",
        line:
          `cryogem pick score --picks ${at("picks")} --truth LABELS --radius ${Math.round(particleDiameter / 2)} ` +
          `--pixel-size ${pixelSize}`,
      },
    );
  }
  const more =
    data.learned.length < 8
      ? ["Give more micrographs to learn from: eight or more show how they differ among each other."]
      : [];
  return [
    ...steps,
    ...more.map((text) => ({ text })),
    {
      text: "Make a larger labelled dataset from the same model:",
      line:
        `cryogem generate --model ${at("models/cryogem")} --map ` +
        `${project.settings.model === undefined ? data.structure : at("map.mrc")} --estimates ${at("estimates")} ` +
        `--count 100 --out ${at("more")}`,
    },
  ];
}
