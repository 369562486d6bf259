// The rooms from the bottom to the top: a room may import from itself and from rooms before it.
const rooms = [
  "core",
  "array",
  "io",
  "physics",
  "estimate",
  "tensor",
  "nn",
  "translate",
  "pick",
  "evaluate",
  "dataset",
  "plot",
  "jobs",
  "runtime",
  "cli",
];

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    ...rooms
      .map((room, i) => ({
        name: `${room}-imports-upward`,
        severity: "error",
        from: { path: `^src/${room}/` },
        to: {
          path: rooms
            .slice(i + 1)
            .map((above) => `^src/${above}/`)
            .concat("^src/index"),
        },
      }))
      .slice(0, -1),
    {
      name: "only-runtime-touches-the-machine",
      comment: "core to jobs are browser-safe: files, processes and native modules come in through ports",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(runtime|cli)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "native-modules-only-in-runtime",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/runtime/" },
      to: { path: "node_modules/(onnxruntime-node|piscina)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    exclude: "src/array/kernels",
  },
};
