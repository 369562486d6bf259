import { expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../../src/core/rotation.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { projectorUpTo } from "../../../src/reconstruct/refine/projector.js";
import { frequenciesWithin } from "../../../src/reconstruct/search/frequencies.js";
import { Matcher } from "../../../src/reconstruct/search/matcher.js";
import { blobVolume, randomBlobs } from "../../physics/blobs.js";

test.each([3, 5, 20])("slices up to shell %i are those of the whole volume, in its grey scale", (limit) => {
  const random = Random.of(1, "projector up to a limit");
  const volume = blobVolume(32, randomBlobs(32, 10, random), 4);
  const cut = projectorUpTo(volume, limit);
  expect(cut.cube.reach < 20).toBe(limit < 20);
  const frequencies = frequenciesWithin(32, Math.min(15, limit));
  const views = Array.from({ length: 10 }, () => ({
    reference: 0,
    matrix: eulerToMatrix(uniformRotation(random)),
  }));
  const found = new Matcher([cut]).slices(views, frequencies);
  const expected = new Matcher([prepareProjector(volume)]).slices(views, frequencies);
  let [difference, power] = [0, 0];
  for (const [i, value] of expected.entries()) {
    difference += (value - found[i]!) ** 2;
    power += value ** 2;
  }
  // a volume of fewer voxels is interpolated a little differently
  expect(Math.sqrt(difference / power)).toBeLessThan(0.03);
});
