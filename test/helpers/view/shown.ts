import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../../src/core/random.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { toyVolume } from "../toys/map.js";

/** A micrograph of noise, 2 angstrom a pixel. */
export const picture = (size: number, seed: number): Uint8Array => {
  const data = new Float32Array(size * size);
  Random.of(seed, "view").fillNormal(data);
  return writeMrc({ data, shape: [1, size, size], voxelSize: 2, kind: "image" });
};

/** Writes a file of each kind that `view` has a page for. */
export function writeShown(dir: string): void {
  const at = (name: string): string => join(dir, name);
  for (const folder of ["raw", "stacks"]) mkdirSync(at(folder));
  for (const i of [1, 2, 3]) writeFileSync(at(`raw/m${i}.mrc`), picture(700, i));
  const rows = Array.from(
    { length: 40 },
    (_, i) => `raw/m1.mrc ${20 + 16 * i} ${30 + 15 * i} ${i / 40} ${10_000 + 100 * i}`,
  );
  writeFileSync(
    at("picks.star"),
    `data_particles\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnAutopickFigureOfMerit\n_rlnDefocusU\n${rows.join("\n")}\n`,
  );
  const angles = Array.from({ length: 90 }, (_, i) => `${4 * i - 180} ${2 * i} 0 raw/m1.mrc`);
  writeFileSync(
    at("views.star"),
    `data_particles\nloop_\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n_rlnMicrographName\n${angles.join("\n")}\n`,
  );
  const shells = Array.from({ length: 30 }, (_, i) => `${i} ${i / 100} ${1 / (1 + (i / 15) ** 6)}`);
  writeFileSync(
    at("fsc.star"),
    `data_fsc\nloop_\n_rlnSpectralIndex\n_rlnResolution\n_rlnFourierShellCorrelationCorrected\n${shells.join("\n")}\n`,
  );
  writeFileSync(at("metrics.jsonl"), '{"step":1,"loss":2}\n{"step":2,"loss":1.5}\n');
  writeFileSync(at("map.mrc"), writeMrc({ ...toyVolume(), kind: "volume" }));
  const stack = new Float32Array(150 * 32 * 32);
  Random.of(9, "stack").fillNormal(stack);
  writeFileSync(
    at("stacks/p.mrcs"),
    writeMrc({ data: stack, shape: [150, 32, 32], voxelSize: 2, kind: "stack" }),
  );
  const images = Array.from(
    { length: 120 },
    (_, i) => `${String(i + 1).padStart(6, "0")}@stacks/p.mrcs ${i / 120}`,
  );
  mkdirSync(at("Class2D/job1"), { recursive: true });
  writeFileSync(
    at("Class2D/job1/run_data.star"),
    `data_particles\nloop_\n_rlnImageName\n_rlnAutopickFigureOfMerit\n${images.join("\n")}\n`,
  );
  writeFileSync(
    at("figure.svg"),
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><script>alert(1)</script><rect width="90" height="60" fill="teal"/></svg>',
  );
  writeFileSync(at("notes.xyz"), Buffer.from([1, 0, 2, 255]));
  writeFileSync(at("task.sh"), "#!/bin/sh\necho done\n");
  writeFileSync(
    at("report.html"),
    '<!doctype html><title>r</title><h1>A report</h1><p style="color:#300">of a run</p>',
  );
  writeFileSync(at("run.log"), "<b>iteration 1</b>\n");
}
