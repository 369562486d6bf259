import { device, shard, threads, workers } from "../shared/options/machine.js";
import { estimates, margin, micrographs } from "../shared/options/micrographs.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choicesOption,
  countOption,
  numberOption,
  numberOrWordOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
  restated,
  switchOption,
} from "../shared/options/option.js";
import { symmetry } from "../shared/options/particles.js";

const methodOptions = {
  model: pathOption({ value: "path", help: "folder that `pick train` wrote, or its model.safetensors" }),
  template: pathOption({
    value: "map",
    help: "density map, MRC, protein positive: its projections are looked for",
  }),
  log: switchOption({ help: "Laplacian of Gaussian: discs of the particle's diameter", fallback: false }),
  maxDiameter: restated(microscope.particleDiameter, {
    help: "with `log`: largest diameter, for particles that are not round",
    otherwise: "the diameter",
  }),
  symmetry: restated(symmetry, {
    help: "with `template`: point group of the map: Cn, Dn, T, O, I, I1 to I4",
    otherwise: "C1",
  }),
  angularStep: numberOption(
    { unit: "degrees", from: 2, to: 90 },
    { value: "deg", help: "with `template`: angle between templates", otherwise: "35" },
  ),
  ctf: switchOption({ help: "with `template`: leave the CTF out", fallback: true, offers: "off" }),
} as const;

const opticsOptions = {
  estimates: restated(estimates, {
    help: "folder that `estimate` wrote: optics and defocus of the micrographs",
  }),
  voltage: restated(microscope.voltage, {
    help: "acceleration voltage; with `cs` for picks.star, and for CTF fits of `template`",
    otherwise: "from `estimates`",
  }),
  cs: restated(microscope.cs, { otherwise: "from `estimates`" }),
  amplitudeContrast: restated(microscope.amplitudeContrast, {
    otherwise: String(microscope.AMPLITUDE_CONTRAST),
  }),
} as const;

export const pickRunOptions = {
  micrographs: restated(micrographs, { required: true }),
  pixelSize: restated(microscope.pixelSize, { required: true }),
  out: pathOption({ value: "dir", help: "folder of picks to write, or to continue", required: true }),
  particleDiameter: restated(microscope.particleDiameter, {
    help: "particle diameter, at least 4 pixels",
    otherwise: "that of the model; needed with `log` and `template`",
  }),
  ...methodOptions,
  ...opticsOptions,
  threshold: numberOrWordOption(
    {},
    { auto: "auto" },
    {
      value: "score",
      help: "least score of a pick, or auto: chosen from the scores of all micrographs, or the model's own threshold where these are not clear",
      fallback: "auto",
    },
  ),
  minDistance: numberOption(
    { unit: "angstrom", from: 0, to: 10_000 },
    { value: "A", help: "least distance of two picks", otherwise: "half the diameter" },
  ),
  margin: restated(margin, {
    help: "margin along the edges without picks; with 0 every centre inside counts",
    fallback: 0,
  }),
  labels: choicesOption(
    { box: "", cbox: "", coco: "", topaz: "" },
    { value: "forms", help: "picks in further forms, into labels/", role: "machine" },
  ),
  box: countOption(
    { unit: "pixels", from: 2, to: 16_384 },
    { value: "pixels", help: "side of boxes", otherwise: "half as large again as the particle" },
  ),
  ...{ device, threads, workers, shard },
} as const;

/** What a user may ask of `pick run`. */
export type PickRunOptions = OptionsOf<typeof pickRunOptions>;
export type ResolvedPickRunOptions = ResolvedOptions<typeof pickRunOptions>;
/** Further forms in which picks are written; STAR and Topaz text always are. */
export type PickLabel = NonNullable<PickRunOptions["labels"]>[number];

export const pickRunCommand: CommandSpec<typeof pickRunOptions> = {
  name: "pick run",
  summary: "Find particles: by a trained picker, by templates of a map, or by a Laplacian.",
  options: pickRunOptions,
  notes: `
Writes picks.star (RELION; picks above the threshold), all-picks.txt (Topaz text; every peak with its score),
autopick.star with coordinates/, pictures/*.svg and picks.json. Run again, it picks only what is new or changed.
Examples:
  cryogem pick run --model picker --micrographs raw --pixel-size 1.5 --out picks
  cryogem pick run --template map.mrc --symmetry O --estimates estimates --particle-diameter 130 \\
    --micrographs raw --pixel-size 1.5 --out picks
  cryogem pick run --log --particle-diameter 130 --micrographs "raw/*.mrc" --pixel-size 1.5 --out picks`,
};
