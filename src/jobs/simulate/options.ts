import { datasetLabels, storageMode } from "../shared/options/labels.js";
import { seed, shard, workers } from "../shared/options/machine.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choiceOption,
  countOption,
  numberOption,
  numberOrWordOption,
  numbersOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  type ResolvedOptions,
  rangeOption,
  restated,
  sizeOption,
  switchOption,
  textOption,
  textsOption,
} from "../shared/options/option.js";

/** Values where neither the user nor the estimates say otherwise. */
export const WITHOUT_ESTIMATES = {
  defocus: [10_000, 25_000],
  phaseShift: 0,
  voltage: 300,
  cs: 2.7,
  amplitudeContrast: microscope.AMPLITUDE_CONTRAST,
} as const;
const unless = (value: number | readonly number[]): string => `${value}, or as estimated`;

/** What is in the micrographs, and how many there are. */
export const specimenOptions = {
  ratios: numbersOption(
    { from: 0, to: 1e6 },
    { value: "list", help: "shares of several maps, as 2,1", otherwise: "equal" },
  ),
  size: sizeOption(
    { from: 32, to: 32_768 },
    { value: "pixels", help: "size of a micrograph", fallback: [1024, 1024] },
  ),
  count: countOption({ from: 1, to: 999_999 }, { value: "n", help: "micrographs", fallback: 10 }),
  particles: numbersOption(
    { from: 0, to: 1e6, counts: [1, 2] },
    {
      value: "mean,sd",
      help: "particles on a micrograph: mean, at least 1, and standard deviation",
      otherwise: "as estimated, or discs over a quarter of the area",
    },
  ),
  diameter: restated(microscope.particleDiameter, { otherwise: "measured on the map" }),
  exclusion: choiceOption(
    { outline: "", disc: "" },
    {
      value: "how",
      help: "particles keep clear of each other by their own outline, or as discs of their diameter",
      fallback: "outline",
    },
  ),
  collapseRatio: numberOption(
    { from: 0, to: 10 },
    {
      value: "f",
      help: "factor on the outlines, or least distance of discs over their diameter; below 1 particles may overlap",
      fallback: 1,
    },
  ),
  clustering: numberOption(
    { from: 0, to: 1 },
    {
      value: "f",
      help: "share of the particles laid against another one, so that they gather and leave gaps; by outlines only",
      fallback: 0,
    },
  ),
  depth: numberOption(
    { unit: "angstrom", from: 0, to: 10_000 },
    { value: "A", help: "ice thickness in which particles lie at their own defocus", fallback: 0 },
  ),
  contaminants: numberOption(
    { from: 0, to: 1000 },
    {
      value: "mean",
      help: "lumps of ice and dirt on a micrograph, 0.6 to 2.4 particle diameters across, which are no particles: dataset.json says where",
      fallback: 0,
    },
  ),
  strengthSpread: numberOption(
    { from: 0, to: 1 },
    {
      value: "f",
      help:
        "standard deviation of the particles' strengths, whose mean is 1, as damaged and broken particles cause " +
        "it; truth.jsonl and particles.star (rlnCtfScalefactor) hold the strength of each",
      fallback: 0,
    },
  ),
  micrographSpread: numberOption(
    { from: 0, to: 1 },
    {
      value: "f",
      help:
        "standard deviation of a factor with mean 1 that multiplies the strengths of all particles of a micrograph, " +
        "as exposure and ice cause it",
      fallback: 0,
    },
  ),
  orientations: textsOption({
    value: "what",
    help:
      "uniform; preferred views as cone:rot,tilt,half-angle[,weight] in degrees, several with blanks between; or a " +
      "STAR file, from whose particles views are drawn",
    fallback: ["uniform"],
    role: "place",
  }),
  keepPsi: switchOption({
    help: "take the STAR file's in-plane angles too, which are uniform otherwise",
    fallback: false,
    role: "place",
  }),
  symmetry: textOption({
    value: "groups",
    help:
      "RELION's point group of the map, or one for each map as C1,D7. It is checked on the map, and preferred " +
      "views come evenly in all symmetric copies, as uniform views always do",
    fallback: "C1",
  }),
} as const;

/** How they are imaged, as far as that needs no noise. */
export const imagingOptions = {
  estimates: pathOption({
    value: "dir",
    help:
      "folder that `estimate` wrote. Optics, defocus, ice gradients, particle density and noise are then as " +
      "measured, where no option says otherwise",
  }),
  consensus: pathsOption({
    value: "files",
    help:
      "particles of a refinement of the same sample, a STAR file or .cs files of the same particles. Their number, " +
      "their distances, their views and the defocus of their micrographs are then taken from this refinement, where " +
      "no option says otherwise",
  }),
  pixelSize: restated(microscope.pixelSize, { otherwise: "as estimated, or the map's voxel size" }),
  defocus: rangeOption(
    { unit: "angstrom", from: -100_000, to: 100_000 },
    { value: "low,high", help: "defocus, underfocus positive", otherwise: unless(WITHOUT_ESTIMATES.defocus) },
  ),
  astigmatism: numberOption(
    { unit: "angstrom", from: 0, to: 20_000 },
    { value: "A", help: "largest difference of defocus U and V", otherwise: "200, or as estimated" },
  ),
  phaseShift: restated(microscope.phaseShift, { otherwise: unless(WITHOUT_ESTIMATES.phaseShift) }),
  voltage: restated(microscope.voltage, { otherwise: unless(WITHOUT_ESTIMATES.voltage) }),
  cs: restated(microscope.cs, { otherwise: unless(WITHOUT_ESTIMATES.cs) }),
  amplitudeContrast: restated(microscope.amplitudeContrast, {
    otherwise: unless(WITHOUT_ESTIMATES.amplitudeContrast),
  }),
  bFactor: numberOption(
    { unit: "square angstrom", from: 0, to: 2000 },
    { value: "A2", help: "envelope exp(-B k²/4)", fallback: 0 },
  ),
  focalSpread: numberOption(
    { unit: "angstrom", from: 0, to: 500 },
    { value: "A", help: "standard deviation of the focus, which makes an envelope", fallback: 0 },
  ),
  convergence: numberOption(
    { unit: "milliradian", from: 0, to: 1 },
    { value: "mrad", help: "half angle of illumination, which makes an envelope", fallback: 0 },
  ),
  iceGradient: numberOption(
    { from: 0, to: 0.9 },
    {
      value: "f",
      help:
        "fall of a made-up ice gradient across the field: the strength of the particles goes from 1 to this much less, " +
        "the background stays as bright",
      otherwise: "as estimated, or none",
    },
  ),
} as const;

const noiseOptions = {
  snr: numberOrWordOption(
    { above: 0 },
    { inf: Number.POSITIVE_INFINITY },
    {
      value: "f",
      help: "variance of signal over variance of noise; inf is no noise",
      otherwise: "inf",
    },
  ),
  noise: choiceOption(
    { white: "", coloured: "as the estimates measured it", poisson: "", "poisson-gaussian": "" },
    { value: "kind", help: "noise", otherwise: "white" },
  ),
  mtf: pathOption({
    value: "file",
    help: "modulation transfer of the detector, a STAR file as RELION's",
    otherwise: "none",
  }),
  dqe: pathOption({
    value: "file",
    help: "for poisson, the detector's quantum efficiency, a STAR file of the same form",
    otherwise: "MTF squared",
  }),
  mtfPixelSize: restated(microscope.pixelSize, {
    help: "physical pixels that the curves refer to",
    otherwise: "the pixel size",
  }),
  dose: restated(microscope.dose, {
    help: "for poisson; without `snr` the contrast is that of the map in volt, the micrograph in electrons a pixel",
    otherwise: "40",
  }),
  gaussianShare: numberOption(
    { from: 0, to: 1 },
    { value: "f", help: "for poisson-gaussian, share of read-out noise", otherwise: "0.5" },
  ),
  keepClean: switchOption({
    help: "write the micrographs without noise too, into clean/",
    fallback: false,
  }),
} as const;

export const simulateOptions = {
  map: pathsOption({
    value: "files",
    help: "density map, MRC or HDF5 of EMAN2, protein positive; several are mixed",
    required: true,
  }),
  out: pathOption({ value: "dir", help: "dataset folder to write, or to continue", required: true }),
  ...specimenOptions,
  ...imagingOptions,
  ...noiseOptions,
  mode: storageMode,
  labels: datasetLabels,
  ...{ seed, workers, shard },
} as const;

/** What a user may ask of `simulate`. */
export type SimulateOptions = OptionsOf<typeof simulateOptions>;
export type ResolvedSimulateOptions = ResolvedOptions<typeof simulateOptions>;

export const simulateCommand: CommandSpec<typeof simulateOptions> = {
  name: "simulate",
  summary: "Simulate micrographs of a density map, with every label known.",
  options: simulateOptions,
  notes: `
Without --snr the micrographs are free of noise, which is what \`train\` and \`generate\` take.
Example: cryogem simulate --map map.mrc --pixel-size 1.5 --size 1024 --count 20 --out simulated`,
};
