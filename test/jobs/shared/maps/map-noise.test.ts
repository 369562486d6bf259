import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Volume } from "../../../../src/array/image.js";
import { standardDeviation } from "../../../../src/array/statistics.js";
import { Random } from "../../../../src/core/random.js";
import { writeMrc } from "../../../../src/io/mrc/write.js";
import { judgeStructure } from "../../../../src/jobs/check/structure.js";
import { mapDiameter } from "../../../../src/jobs/shared/maps/density-map.js";
import { noiseOfMap } from "../../../../src/jobs/shared/maps/map-noise.js";
import { nodeFiles } from "../../../../src/runtime/files.js";
import { scratchFolder } from "../../../helpers/scratch.js";
import { toyVolume } from "../../../helpers/toys/map.js";

/** White noise of so many standard deviations of the map over all of its box. */
function withNoise(volume: Volume, times: number): Volume {
  const random = Random.of(1, "noise of a map");
  const sigma = times * standardDeviation(volume.data);
  return { ...volume, data: volume.data.map((value) => value + sigma * random.normal()) };
}

test("noise that counts as particle is told by the filtered map; a particle that stands out of its noise is left alone", () => {
  for (const [box, voxelSize] of [
    [72, 2],
    [36, 4],
  ] as const) {
    const clean = toyVolume(box, voxelSize);
    expect(noiseOfMap(clean)).toBeUndefined();
    expect(noiseOfMap(withNoise(clean, 0.1))).toBeUndefined();
    const noise = noiseOfMap(withNoise(clean, 1))!;
    expect(noise.diameter).toBeGreaterThan(200);
    expect(noise.ofParticle / mapDiameter(clean)).toBeGreaterThan(0.85);
    expect(noise.ofParticle / mapDiameter(clean)).toBeLessThan(1.2);
  }
});

test("the check of a project says so, with what to do", async () => {
  const path = join(scratchFolder(), "noisy.mrc");
  const { data, shape, voxelSize } = withNoise(toyVolume(72, 2), 1);
  writeFileSync(path, writeMrc({ data, shape, voxelSize, kind: "volume" }));
  const [finding, ...more] = await judgeStructure(path, "map", 100, nodeFiles);
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ kind: "doubt", about: path });
  expect(finding!.found).toMatch(/^noise around the particle is as dense as the particle, .* mask the map/);
});
