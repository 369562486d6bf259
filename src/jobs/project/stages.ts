import { micrographStem } from "../../io/picks/pick.js";
import type { Project } from "./file.js";
import { mapStages } from "./map-stages.js";
import { at, mapOf, type ProjectData, pickedFiles, type Stage, stage } from "./stage.js";

/** Particles gather and leave gaps, as real ones do (docs/development/notes/noise.md). */
const GATHERED = { collapseRatio: 0.9, clustering: 0.7 };

/** The stages that make what translators learn from and are applied to. */
export const planPreparation = (project: Project, data: ProjectData): readonly Stage[] => [
  ...binStages(project, data),
  estimateStage(project, data),
  ...potentialStages(project, data),
  ...specimenStages(project, data),
];

/** The stages of a project in their order. */
export function planStages(project: Project, data: ProjectData): readonly Stage[] {
  const { settings } = project;
  const skipped = new Set(settings.skip ?? []);
  const stages = [
    ...planPreparation(project, data),
    ...translatorStages(project, data),
    ...(data.heldOut.length > 0 && !skipped.has("evaluate") ? [evaluateStage(project, data)] : []),
    ...(skipped.has("pick-train") ? [] : pickStages(project, data, skipped.has("pick-run"))),
    ...(settings.goal === "map" ? mapStages(project, data) : []),
  ];
  return stages;
}

/** The stages that made the micrographs worked with, where these are not the raw ones. */
const workingNeeds = ({ binning }: ProjectData, name = "working"): readonly string[] =>
  binning ? [name] : [];

function binStages(project: Project, data: ProjectData): readonly Stage[] {
  if (!data.binning) return [];
  const { pixelSize } = project.settings;
  const bin = (name: string, title: string, micrographs: readonly string[]): Stage => ({
    ...{ name, title, command: "bin", out: at(project, name), inputs: micrographs, needs: [] },
    options: { micrographs, pixelSize, to: data.pixelSize, out: at(project, name) },
  });
  const to = `to ${data.pixelSize.toFixed(2)} angstrom per pixel`;
  return [
    bin("working", `Bin the micrographs ${to}`, data.learned),
    ...(data.heldOut.length > 0
      ? [bin("working-held-out", `Bin the held-out micrographs ${to}`, data.heldOut)]
      : []),
  ];
}

/** Files to learn from, as a command takes them. */
const learnedFiles = (project: Project, data: ProjectData): readonly string[] =>
  data.binning ? [at(project, "working")] : data.learned;

/** Those whose CTF could be fitted. */
export function fittedFiles(project: Project, data: ProjectData): readonly string[] {
  const { learned, unfitted, binning } = data;
  if (!unfitted || unfitted.size === 0) return learnedFiles(project, data);
  const fitted = learned.filter((path) => !unfitted.has(micrographStem(path)));
  return binning ? fitted.map((path) => `${at(project, "working")}/${micrographStem(path)}.mrc`) : fitted;
}

function estimateStage(project: Project, data: ProjectData): Stage {
  const { voltage, cs, amplitudeContrast, particleDiameter } = project.settings;
  const { ctf } = data;
  const out = at(project, "estimates");
  const options = { micrographs: learnedFiles(project, data), pixelSize: data.pixelSize };
  return stage(project, "estimate", {
    name: "estimate",
    title:
      ctf === undefined
        ? "Estimate CTF, ice and noise of the micrographs"
        : "Estimate ice and noise of the micrographs",
    command: "estimate",
    options: {
      ...options,
      ...{ voltage, cs, amplitudeContrast, particleDiameter, out },
      ...(ctf !== undefined && { ctf }),
    },
    out,
    inputs: [...(data.binning ? [] : data.learned), ...(ctf === undefined ? [] : [ctf])],
    needs: workingNeeds(data),
  });
}

function potentialStages(project: Project, data: ProjectData): readonly Stage[] {
  if (project.settings.model === undefined) return [];
  const out = at(project, "map.mrc");
  const made: Stage = {
    ...{ name: "potential", title: "Potential of the atomic model", command: "potential", out },
    options: { model: data.structure, pixelSize: data.pixelSize, out },
    ...{ inputs: [data.structure], needs: [] },
  };
  return [stage(project, "potential", made)];
}

/**
 * The micrographs to train on, and others of the same kind to translate: what the file says of the first holds for the others too,
 * apart from their number and their seed, since the same specimens would be translated that were learned from.
 */
function specimenStages(project: Project, data: ProjectData): readonly Stage[] {
  const { seed, symmetry, model } = project.settings;
  const { count: _count, seed: _seed, ...common } = project.sections.simulate;
  const specimens = (name: "simulate" | "specimens", folder: string, title: string, more: object): Stage =>
    stage(project, name, {
      ...{ name, title, command: "simulate", out: at(project, folder) },
      options: {
        ...{ map: [mapOf(project, data)], estimates: at(project, "estimates"), size: data.size },
        // how near particles come is in the refinement's own
        ...(data.particles ? { clustering: GATHERED.clustering, consensus: data.particles } : GATHERED),
        ...{ symmetry, ...more, ...common, out: at(project, folder) },
      },
      inputs: [...(model === undefined ? [data.structure] : []), ...(data.particles ?? [])],
      needs: ["estimate", ...(model === undefined ? [] : ["potential"])],
    });
  return [
    specimens("simulate", "simulated", "Simulate micrographs to train on", { count: 16, seed }),
    specimens("specimens", "specimens", "Simulate other micrographs to translate", {
      count: 24,
      seed: seed + 1,
    }),
  ];
}

/** The stage of a translator: cryogem's own has the command's name alone. */
const stageOf = (command: string, translator: string): string =>
  translator === "cryogem" ? command : `${command}-${translator}`;

function translatorStages(project: Project, data: ProjectData): readonly Stage[] {
  const { seed, device, baselines = [] } = project.settings;
  const machine = device === undefined ? {} : { device };
  const inputs = data.binning ? [] : data.learned;
  const train = (translator: string, title: string): Stage => {
    const out = at(project, `models/${translator}`);
    return stage(project, translator === "cryogem" ? "train" : undefined, {
      ...{ name: stageOf("train", translator), title, command: "train", out, inputs },
      options: {
        ...{
          translator,
          real: fittedFiles(project, data),
          simulated: at(project, "simulated"),
        },
        ...{ estimates: at(project, "estimates"), seed, resume: true, out },
        ...(translator === "cryogem" && machine),
      },
      needs: [...workingNeeds(data), "estimate", "simulate"],
    });
  };
  const generate = (translator: string, title: string, folder: string): Stage =>
    stage(project, "generate", {
      ...{
        name: stageOf("generate", translator),
        title,
        command: "generate",
        out: at(project, folder),
        inputs: [],
      },
      options: {
        ...{ model: at(project, `models/${translator}`), simulated: at(project, "specimens") },
        ...(translator === "cryogem" && machine),
        out: at(project, folder),
      },
      needs: [stageOf("train", translator), "specimens"],
    });
  return [
    train("cryogem", "Train the translator"),
    ...baselines.map((name) => train(name, `Measure ${name} noise`)),
    generate("cryogem", "Generate the synthetic dataset", "synthetic"),
    ...baselines.map((name) => generate(name, `Generate with ${name} noise`, `baselines/${name}`)),
  ];
}

function evaluateStage(project: Project, data: ProjectData): Stage {
  const { baselines = [] } = project.settings;
  const real = data.binning ? [at(project, "working-held-out")] : data.heldOut;
  return stage(project, "evaluate", {
    ...{ name: "evaluate", title: "Score against held-out real micrographs", command: "evaluate realism" },
    options: {
      ...{ real, pixelSize: data.pixelSize },
      synthetic: [at(project, "synthetic"), ...baselines.map((name) => at(project, `baselines/${name}`))],
      out: at(project, "scores"),
    },
    out: at(project, "scores"),
    inputs: data.binning ? [] : data.heldOut,
    needs: [
      ...workingNeeds(data, "working-held-out"),
      ...["cryogem", ...baselines].map((name) => stageOf("generate", name)),
    ],
  });
}

function pickStages(project: Project, data: ProjectData, trainOnly: boolean): readonly Stage[] {
  const { seed, device, pixelSize, voltage, cs, amplitudeContrast } = project.settings;
  const machine = device === undefined ? {} : { device };
  const train = stage(project, "pickTrain", {
    ...{ name: "pick-train", title: "Train a picker on the synthetic dataset", command: "pick train" },
    options: {
      dataset: [at(project, "synthetic")],
      seed,
      resume: true,
      ...machine,
      out: at(project, "picker"),
    },
    ...{ out: at(project, "picker"), inputs: [], needs: ["generate"] },
  });
  if (trainOnly) return [train];
  const optics = { pixelSize, voltage, cs, amplitudeContrast };
  const run = stage(project, "pickRun", {
    ...{ name: "pick-run", title: "Pick the particles of all raw micrographs", command: "pick run" },
    options: {
      ...{ model: at(project, "picker"), micrographs: pickedFiles(project, data), ...optics, ...machine },
      out: at(project, "picks"),
    },
    ...{ out: at(project, "picks"), inputs: data.all, needs: ["pick-train"] },
  });
  return [train, run];
}
