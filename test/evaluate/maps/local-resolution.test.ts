import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { irfft3, rfft3 } from "../../../src/array/fft/fft.js";
import type { Volume } from "../../../src/array/image.js";
import { filterRadially, lowPassAt } from "../../../src/array/spectrum/shells.js";
import { fourierShellCorrelation } from "../../../src/evaluate/maps/fsc.js";
import {
  filterLocally,
  placesOf,
  prepareLocalResolution,
  resolutionAtPlace,
  spreadResolutions,
} from "../../../src/evaluate/maps/local-resolution.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { hasProgram } from "../../physics/relion.js";
import { colouredNoise, halfMaps } from "./noisy-maps.js";
import { readMapFile, relion, writeMap } from "./relion.js";

const BOX = 40;
const VOXEL = 3;

/** Halves that agree to 24 angstrom where x is below the middle and to 9 angstrom beyond it. */
function unevenHalves(): [Volume, Volume] {
  const signal = colouredNoise(BOX, VOXEL, 0, 5);
  const [coarse, fine] = [24, 9].map((resolution) => {
    const spectrum = rfft3(signal);
    filterRadially(spectrum, lowPassAt((BOX * VOXEL) / resolution));
    return irfft3(spectrum, VOXEL).data;
  });
  return [1, 2].map((seed) => {
    const noise = colouredNoise(BOX, VOXEL, 0, seed);
    const data = noise.data.map((value, i) => {
      const signalHere = (i % BOX < BOX / 2 ? coarse : fine)![i]!;
      return signalHere + 0.3 * value;
    });
    return { ...noise, data };
  }) as [Volume, Volume];
}

const locally = (halves: readonly [Volume, Volume], options = {}) => {
  const measurement = prepareLocalResolution(halves, options);
  const places = placesOf(measurement);
  const resolutions = places.map((place) => resolutionAtPlace(measurement, place));
  return { places, resolutions, map: spreadResolutions(measurement, places, resolutions) };
};

describe("local resolution", () => {
  const uneven = unevenHalves();
  const { places, resolutions, map } = locally(uneven, { sampling: 18, radius: 12, edge: 12 });

  test("tells the coarse side of a map from the fine one", () => {
    const mean = (side: (x: number) => boolean): number => {
      const chosen = resolutions.filter((_, p) => side(places[p]![0]));
      return chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
    };
    expect(mean((x) => x <= -8)).toBeGreaterThan(15);
    expect(mean((x) => x >= 8)).toBeLessThan(10.5);
    expect(mean((x) => x >= 8)).toBeGreaterThan(6.5);
  });

  test("is a map of those values where balls reach, 0 in the corners", () => {
    const at = (x: number): number => map.data[(BOX / 2) * (BOX ** 2 + BOX) + x]!;
    expect(at(4)).toBeGreaterThan(1.5 * at(BOX - 5));
    expect(map.data[0]).toBe(0);
    expect(Math.max(...map.data)).toBeLessThanOrEqual(Math.max(...resolutions) * 1.0001);
  });

  test("a local filter takes the noise from the coarse side and leaves the fine side as it is", () => {
    const filtered = filterLocally(uneven[0], map);
    const side = (volume: Volume, left: boolean): Volume => ({
      ...volume,
      data: volume.data.map((value, i) => {
        const distance = (i % BOX) - BOX / 2;
        const within = left ? -distance : distance;
        return value * Math.exp(-(((within - 10) / 4) ** 2));
      }),
    });
    const shell = Math.round((BOX * VOXEL) / 12);
    const kept = (left: boolean): number => {
      const [before, after] = [uneven[0], filtered].map((volume) => rfft3(side(volume, left)).data);
      let [sum, total] = [0, 0];
      // along x, at the shell of 12 angstrom, over all lines of the box
      for (let line = 0; line < BOX; line++) {
        const at = 2 * (line * (BOX / 2 + 1) + shell);
        sum += Math.hypot(after![at]!, after![at + 1]!);
        total += Math.hypot(before![at]!, before![at + 1]!);
      }
      return sum / total;
    };
    expect(kept(true)).toBeLessThan(0.3);
    expect(kept(false)).toBeGreaterThan(0.7);
  });

  test("a map of one resolution everywhere is filtered there as by a plain low-pass filter", () => {
    const [first] = uneven;
    const flat = { ...first, data: new Float32Array(first.data.length).fill(12) };
    const spectrum = rfft3(first);
    filterRadially(spectrum, lowPassAt((BOX * VOXEL) / 12));
    const plain = irfft3(spectrum, VOXEL);
    const { correlation } = fourierShellCorrelation(filterLocally(first, flat), plain);
    expect(correlation.slice(1, 10)).toBeAllclose(new Float64Array(9).fill(1), { relative: 1e-4 });
  });
});

const withRelion = hasProgram("relion_postprocess") ? test : test.skip;

withRelion("near to RELION with --locres (needs relion_postprocess)", () => {
  const folder = scratchFolder();
  mkdirSync(join(folder, "out"));
  const halves = halfMaps(36, 4, 0.05);
  const inputs = halves.map((half, i) => writeMap(folder, `half${i + 1}.mrc`, half));
  const args = [
    "--locres",
    "--locres_sampling",
    32,
    "--i",
    inputs[0]!,
    "--i2",
    inputs[1]!,
    "--o",
    "out/post",
  ];
  relion("relion_postprocess", args, folder);
  const expected = readMapFile(join(folder, "out/post_locres.mrc")).data;
  const found = locally(halves, { sampling: 32 }).map.data;
  // in the particle both tell 8 to 12 angstrom; RELION's shells are thinner, so its curves cross a little earlier
  const inside = halves[0].data.reduce<number[]>((list, v, i) => (v > 0.6 ? list.concat(i) : list), []);
  const ratios = inside.map((i) => found[i]! / expected[i]!).sort((a, b) => a - b);
  expect(ratios[Math.floor(ratios.length / 2)]).toBeGreaterThan(0.88);
  expect(ratios[Math.floor(ratios.length / 2)]).toBeLessThan(1.08);
  expect(ratios[Math.floor(0.95 * ratios.length)]! / ratios[Math.floor(0.05 * ratios.length)]!).toBeLessThan(
    1.5,
  );
});
