// The house: which room may import from which, and which files of a folder are its doors (docs/architecture.md).

/** Each room, from the bottom to the top, with the rooms below that it may import from. */
const rooms = {
  core: [],
  array: ["core"],
  tensor: ["core", "array"],
  io: ["core", "array"],
  nn: ["core", "tensor"],
  train: ["core", "array", "tensor", "nn"],
  physics: ["core", "array", "io"],
  plot: ["core", "array", "io"],
  estimate: ["core", "array", "physics"],
  dataset: ["core", "array", "io", "physics"],
  translate: ["core", "array", "tensor", "nn", "train", "physics", "estimate", "dataset"],
  pick: ["core", "array", "tensor", "nn", "train", "physics", "dataset"],
  pose: ["core", "array", "tensor", "nn", "train", "physics", "dataset"],
  reconstruct: ["core", "array", "io", "tensor", "physics", "dataset"],
  evaluate: [
    "core",
    "array",
    "io",
    "tensor",
    "nn",
    "train",
    "physics",
    "estimate",
    "dataset",
    "translate",
    "reconstruct",
  ],
};
rooms.jobs = [...Object.keys(rooms), "plot", "pick", "pose"];
rooms.report = ["core", "array", "io", "plot", "dataset", "evaluate", "jobs"];
rooms.runtime = ["core", "array", "tensor", "jobs"];
rooms.cli = [...Object.keys(rooms)];

/** The door files of each folder: nothing outside the folder imports any other of its files. */
const doors = {
  "array/fft": ["fft", "layout", "line", "plan", "resample", "wasm"],
  "array/regions": ["cluster", "distance", "regions"],
  "estimate/ctf": ["ctf-fit", "ctf-picture"],
  "estimate/noise": ["noise", "noise-grid", "noise-power", "noise-spectrum"],
  "evaluate/maps": [
    "align",
    "directional",
    "fsc",
    "half-maps",
    "local-resolution",
    "mask",
    "postprocess",
    "threshold",
    "turnable-map",
  ],
  "evaluate/picking": ["bootstrap", "matching", "picking"],
  "evaluate/poses": ["floors", "poses"],
  "evaluate/realism": ["images", "measures", "particle-average", "profile", "realism", "table", "verdict"],
  "evaluate/realism/classifier": ["images", "two-sample"],
  "evaluate/realism/features": [
    "autocorrelation",
    "filter-bank",
    "lattice",
    "local-statistics",
    "log-gabor",
    "patches",
    "radial-spectrum",
  ],
  "io/bytes": ["csv", "float16", "inflate", "table-text", "text", "unpack"],
  "io/hdf5": ["eman"],
  "io/mrc": ["header", "modes", "read", "unpack", "write"],
  "io/npy": ["read"],
  "io/particles": [
    "cs",
    "cs-join",
    "cs-write",
    "micrograph-ctf",
    "particle",
    "star",
    "star-classes",
    "star-refined",
    "star-write",
  ],
  "io/picks": ["box", "cbox", "coco", "csv", "formats", "pick", "star", "topaz"],
  "io/png": ["chunks", "read", "write"],
  "io/star": [
    "fsc",
    "labels",
    "line",
    "names",
    "origins",
    "parse",
    "pipeline",
    "pixel-sizes",
    "postprocess",
    "table",
    "versions",
    "write",
  ],
  "io/structure": ["mmcif", "pdb", "read", "structure"],
  "io/tiff": ["directory", "read", "write"],
  "physics/micrograph": ["micrograph"],
  "physics/optics": ["ctf", "ctf-filter", "envelope", "optics"],
  "physics/potential": ["potential", "scattering"],
  "physics/projection": ["project", "project-many", "projector", "slice-wasm", "spectrum-cube"],
  "physics/specimen": [
    "contaminants",
    "footprint",
    "orientations",
    "placement",
    "silhouette",
    "specimen",
    "symmetry-agreement",
  ],
  "pick/network": ["image", "scorer"],
  "pick/template": ["images", "template"],
  "reconstruct/classify": ["class-accumulation", "class-model", "class-search", "plane", "plane-sums"],
  "reconstruct/refine": [
    "accumulation",
    "expectation",
    "explained",
    "grey-scale",
    "levels",
    "noise",
    "particle-image",
    "projector",
    "sighting",
    "stop",
    "survey",
  ],
  "reconstruct/search": [
    "dense",
    "descend",
    "frequencies",
    "matcher",
    "orientation-grid",
    "particle-spectrum",
    "posterior",
    "shifts",
    "view",
  ],
  "runtime/onnx": ["cpu", "device"],
  "runtime/view": ["fence", "server"],
  "runtime/workers": ["workers"],
  "tensor/backward": ["grad"],
  "tensor/compile": ["compile"],
  "tensor/interpreter": ["interpret", "kernels"],
  "translate/fit": ["calibration", "field", "fit-set", "innovations"],
  "translate/gan": ["crops", "points", "step", "trainer"],
  "translate/noise": [
    "contrast",
    "field",
    "innovations",
    "local-shape",
    "power",
    "thon-rings",
    "trend",
    "unevenness",
  ],
  "translate/samples": ["particle-average", "sampler", "samples"],
};

/** Doors of every job's folder, and what others have beside them. `jobs/tasks.ts` may open any file: it names the tasks. */
const jobDoors = ["options", "plan", "records", "run"];
const moreJobDoors = {
  evaluate: ["classify", "figures"],
  export: ["labels"],
  "pick-score": ["read", "result", "text"],
  "pose-score": ["result", "text"],
  postprocess: ["result", "text"],
  train: ["metrics", "training"],
  view: ["places"],
};

const any = (names) => (names.length === 1 ? names[0] : `(${names.join("|")})`);

/** Files of jobs that may be imported from outside their folder. */
const jobDoorPaths = [
  "^src/jobs/(shared|project)/",
  `^src/jobs/[^/]+/${any(jobDoors)}\\.ts$`,
  ...Object.entries(moreJobDoors).map(([job, files]) => `^src/jobs/${job}/${any(files)}\\.ts$`),
];

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    ...Object.entries(rooms).map(([room, below]) => ({
      name: `${room}-imports-only-from-below`,
      comment: `${room} may import from: ${below.join(", ") || "nothing"}`,
      severity: "error",
      from: { path: `^src/${room}/` },
      to: { path: "^src/", pathNot: [`^src/${any([room, ...below])}/`] },
    })),
    ...Object.entries(doors).map(([folder, files]) => ({
      name: `doors-of-${folder.replaceAll("/", "-")}`,
      comment: `only ${files.join(", ")} of ${folder} are imported from outside it`,
      severity: "error",
      // the library's door names the types that its signatures lead to, wherever they are declared
      from: { path: "^src/", pathNot: [`^src/${folder}/`, "^src/index\\.ts$"] },
      to: { path: `^src/${folder}/[^/]+$`, pathNot: [`^src/${folder}/${any(files)}\\.ts$`] },
    })),
    {
      name: "doors-of-jobs",
      comment: `only ${jobDoors.join(", ")} of a job's folder are imported from outside it`,
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/(index|jobs/tasks)\\.ts$", "^src/jobs/([^/]+)/"] },
      to: { path: "^src/jobs/[^/]+/", pathNot: jobDoorPaths },
    },
    {
      name: "doors-between-jobs",
      severity: "error",
      from: { path: "^src/jobs/([^/]+)/" },
      to: { path: "^src/jobs/[^/]+/", pathNot: ["^src/jobs/$1/", ...jobDoorPaths] },
    },
    {
      name: "viewer-imports-the-library-only",
      comment:
        "the pages of `view` may import the library's door, and the records that the server and they exchange",
      severity: "error",
      from: { path: "^viewer/" },
      to: { path: "^src/", pathNot: "^src/(index|jobs/view/records)\\.ts$" },
    },
    {
      name: "nothing-imports-the-viewer",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^viewer/" },
    },
    {
      name: "only-runtime-touches-the-machine",
      comment: "core to report are browser-safe: files, processes and native modules come in through ports",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(runtime|cli)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "native-modules-only-in-runtime",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/runtime/" },
      to: { path: "node_modules/onnxruntime-" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    exclude: "src/array/kernels",
  },
};
