import { fftFriendlySize } from "../../array/fft/fft.js";
import { suggestedBox } from "../../dataset/star.js";
import { REFINEMENT } from "../refine/records.js";
import { besideProject, type Project } from "./file.js";
import { at, mapOf, type ProjectData, pickedFiles, type Stage, stage } from "./stage.js";

/** Pixels along a particle image at most: a first map loses nothing that so few particles hold, and is done in minutes. */
const MOST_PIXELS = 128;

/** Diameter of the circle in which images are compared, over the particle's: room for what a CTF spreads. */
const CIRCLE = 1.15;

/** Angstrom: what the refinement is given of the map; all detail beyond it must come from the particles. */
const INITIAL_LOW_PASS = 30;

/** Orientations that an encoder proposes for each particle. */
const PROPOSED = 4;

/** Where the stages from picks to a map write, in the folder of the project. */
export const MAP_FILES = {
  ctf: "ctf",
  particles: "particles/stack.star",
  classes: "classes",
  encoder: "encoder",
  refined: "refined",
  mask: "mask.mrc",
  sharpened: "sharpened/map",
  againstModel: "against-model/fsc",
} as const;

/** The stages from the picks to a map and its resolution. */
export function mapStages(project: Project, data: ProjectData): readonly Stage[] {
  const added = new Set(project.settings.add ?? []);
  return [
    ...(data.ctf === undefined ? [ctfStage(project, data)] : []),
    extractStage(project, data),
    ...(added.has("classify2d") ? [classifyStage(project)] : []),
    ...(added.has("poses") ? poseStages(project, data) : []),
    refineStage(project, data, added.has("poses")),
    maskStage(project),
    postprocessStage(project),
    fscStage(project, data),
  ];
}

/** Picks lie on raw micrographs, held-out ones too, so the CTFs of all of them are wanted. */
function ctfStage(project: Project, data: ProjectData): Stage {
  const { pixelSize, voltage, cs, amplitudeContrast, particleDiameter } = project.settings;
  const out = at(project, MAP_FILES.ctf);
  return stage(project, "estimate", {
    ...{ name: "ctf", title: "Fit the CTF of all raw micrographs", command: "estimate", out },
    options: {
      ...{ micrographs: pickedFiles(project, data), pixelSize, voltage, cs, amplitudeContrast },
      ...{ particleDiameter, out },
    },
    ...{ inputs: data.all, needs: [] },
  });
}

/** Sides of the boxes and of the images written, pixels: half as large again as the particle. */
function boxOf({ settings: { particleDiameter, pixelSize } }: Project): {
  readonly box: number;
  readonly rescale?: number;
} {
  const box = fftFriendlySize(suggestedBox(particleDiameter, pixelSize));
  return box > MOST_PIXELS ? { box, rescale: MOST_PIXELS } : { box };
}

function extractStage(project: Project, { all, ctf }: ProjectData): Stage {
  return stage(project, "extract", {
    ...{ name: "extract", title: "Cut out the picked particles", command: "extract" },
    options: {
      ...{ particles: at(project, "picks/picks.star"), ctf: ctf ?? at(project, "ctf/micrographs_ctf.star") },
      ...boxOf(project),
      ...{ normalise: true, out: at(project, "particles/stack.mrcs") },
    },
    out: at(project, "particles"),
    inputs: ctf === undefined ? all : [...all, ctf],
    needs: ["pick-run", ...(ctf === undefined ? ["ctf"] : [])],
  });
}

const circleOf = ({ settings }: Project): number => Math.round(CIRCLE * settings.particleDiameter);

function classifyStage(project: Project): Stage {
  const out = at(project, MAP_FILES.classes);
  const { seed } = project.settings;
  return stage(project, "classify2d", {
    ...{ name: "classify2d", title: "Average the particles by their views", command: "classify2d", out },
    options: {
      ...{ particles: at(project, MAP_FILES.particles), particleDiameter: circleOf(project), seed, out },
    },
    ...{ inputs: [], needs: ["extract"] },
  });
}

/** An encoder that learns from projections of the map with the CTFs, signal and noise of the picked particles, and its poses of them. */
function poseStages(project: Project, data: ProjectData): readonly Stage[] {
  const { seed, symmetry, device, model } = project.settings;
  const machine = device === undefined ? {} : { device };
  const out = at(project, MAP_FILES.encoder);
  return [
    stage(project, "poseTrain", {
      ...{ name: "pose-train", title: "Train an encoder of poses on simulated particles" },
      ...{ command: "pose train", out },
      options: {
        ...{ map: mapOf(project, data), particles: [at(project, MAP_FILES.particles)] },
        ...{ symmetry, seed, ...machine, resume: true, out },
      },
      inputs: model === undefined ? [data.structure] : [],
      needs: ["extract", ...(model === undefined ? [] : ["potential"])],
    }),
    stage(project, "poseRun", {
      ...{ name: "pose-run", title: "Tell the poses of the picked particles", command: "pose run" },
      options: {
        ...{ model: out, particles: at(project, MAP_FILES.particles), best: PROPOSED, ...machine },
        out: at(project, "poses/poses.star"),
      },
      ...{ out: at(project, "poses"), inputs: [], needs: ["extract", "pose-train"] },
    }),
  ];
}

function refineStage(project: Project, data: ProjectData, hasPoses: boolean): Stage {
  const { seed, symmetry, model } = project.settings;
  const out = at(project, MAP_FILES.refined);
  return stage(project, "refine", {
    ...{ name: "refine", title: "Refine orientations and make a map", command: "refine", out },
    options: {
      ...{
        particles: at(project, MAP_FILES.particles),
        reference: mapOf(project, data),
        symmetry,
        seed,
        out,
      },
      ...{ initialLowPass: INITIAL_LOW_PASS, particleDiameter: circleOf(project) },
      ...(hasPoses && { poses: at(project, "poses/poses.star") }),
    },
    inputs: model === undefined ? [data.structure] : [],
    needs: ["extract", ...(model === undefined ? [] : ["potential"]), ...(hasPoses ? ["pose-run"] : [])],
  });
}

/** A file of the refinement. */
const refined = (project: Project, name: string): string => `${at(project, MAP_FILES.refined)}/${name}`;

function maskStage(project: Project): Stage {
  const out = at(project, MAP_FILES.mask);
  return stage(project, "mask", {
    ...{ name: "mask", title: "Mask the map", command: "mask", out },
    options: { map: refined(project, REFINEMENT.map), out },
    ...{ inputs: [], needs: ["refine"] },
  });
}

function postprocessStage(project: Project): Stage {
  const [half1, half2] = REFINEMENT.halves.map((name) => refined(project, name));
  const made = stage(project, "postprocess", {
    ...{ name: "postprocess", title: "Resolution of the half maps, and the sharpened map" },
    command: "postprocess",
    options: {
      ...{
        half1,
        half2,
        mask: at(project, MAP_FILES.mask),
        particles: refined(project, REFINEMENT.particles),
      },
      ...{ seed: project.settings.seed, out: at(project, MAP_FILES.sharpened) },
    },
    ...{ out: at(project, "sharpened"), inputs: [], needs: ["refine", "mask"] },
  });
  // the one file that a section of these stages may name
  const mtf = made.options["mtf"];
  if (typeof mtf !== "string") return made;
  const path = besideProject(project, mtf);
  return { ...made, options: { ...made.options, mtf: path }, inputs: [path] };
}

function fscStage(project: Project, { structure }: ProjectData): Stage {
  const isModel = project.settings.model !== undefined;
  return stage(project, "fsc", {
    ...{ name: "fsc", title: `Compare the map with the given ${isModel ? "model" : "map"}`, command: "fsc" },
    options: {
      ...{ map: refined(project, REFINEMENT.map), other: structure, align: true },
      out: at(project, MAP_FILES.againstModel),
    },
    ...{ out: at(project, "against-model"), inputs: [structure], needs: ["refine"] },
  });
}
