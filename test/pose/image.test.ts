import { expect, test } from "vitest";
import { irfft2, rfft2 } from "../../src/array/fft/fft.js";
import { centre, type Image, zeros } from "../../src/array/image.js";
import { frequency, halfColumns } from "../../src/array/spectrum/half.js";
import { Random } from "../../src/core/random.js";
import { eulerToMatrix, type RotationMatrix } from "../../src/core/rotation.js";
import { ctf } from "../../src/physics/optics/ctf.js";
import { multiplyCtf } from "../../src/physics/optics/ctf-filter.js";
import { project } from "../../src/physics/projection/project.js";
import { prepareProjector } from "../../src/physics/projection/projector.js";
import { ctfPicture, flipPhases, fromWorking, toWorking, workingImage } from "../../src/pose/image.js";
import { turned } from "../../src/pose/training-data.js";
import { cutTurn, type ImageTurn } from "../../src/pose/turn.js";
import { blobVolume, randomBlobs } from "../physics/blobs.js";

const BOX = 48;
const projector = prepareProjector(blobVolume(BOX, randomBlobs(BOX, 12, Random.of(2, "blobs")), 3));

function seen(rotation: RotationMatrix, x: number, y: number): Image {
  return project(projector, rotation, { shiftX: x, shiftY: y });
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let [sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    sa += a[i]!;
    sb += b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
    ab += a[i]! * b[i]!;
  }
  return (ab - (sa * sb) / n) / Math.sqrt((aa - sa ** 2 / n) * (bb - sb ** 2 / n));
}

const turnBy = (degrees: number, mirror: 1 | -1, x: number, y: number): ImageTurn => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return { x, y, xu: mirror * cos, xv: -sin, yu: mirror * sin, yv: cos };
};

test.each([
  ["turned by any angle", turnBy(37, 1, 0, 0)],
  ["turned by a quarter", turnBy(90, 1, 0, 0)],
  ["moved", turnBy(0, 1, 2.5, -1)],
  ["mirrored", turnBy(0, -1, 0, 0)],
  ["all of them", turnBy(200, -1, -2, 3.5)],
])("an image %s shows the particle in the pose that is taught", (_, turn) => {
  const pose = { rotation: eulerToMatrix({ rot: 40, tilt: 75, psi: -20 }), x: 1.5, y: -2 };
  const cut = new Float32Array(BOX * BOX);
  cutTurn(seen(pose.rotation, pose.x, pose.y), turn, BOX, cut);
  const { rotation, x, y } = turned(pose, turn);
  const right = correlation(cut, seen(rotation, x, y).data);
  expect(right).toBeGreaterThan(0.995);
  const isMoved = turn.x !== 0;
  expect(correlation(cut, seen(isMoved ? rotation : pose.rotation, pose.x, pose.y).data)).toBeLessThan(0.95);
});

test.each([
  [3, 6, 24],
  [3, 4.1, 20],
  [2, 1.7, 40],
])(
  "a blob in pixels of %d angstrom is found where it should be in pixels of %d",
  (pixelSize, workingPixel, side) => {
    const image = zeros(BOX, BOX);
    const [x, y] = [3.2, -4.6];
    for (let i = 0; i < image.data.length; i++) {
      const [dx, dy] = [(i % BOX) - centre(BOX) - x, Math.floor(i / BOX) - centre(BOX) - y];
      image.data[i] = Math.exp(-((dx * dx + dy * dy) * pixelSize ** 2) / 100);
    }
    const frame = { pixelSize, workingPixel, side };
    const { data } = workingImage(image, frame);
    let [sum, sx, sy] = [0, 0, 0];
    for (let i = 0; i < data.length; i++) {
      sum += data[i]!;
      sx += data[i]! * ((i % side) - centre(side));
      sy += data[i]! * (Math.floor(i / side) - centre(side));
    }
    expect(sx / sum).toBeCloseTo(toWorking(x, frame), 1);
    expect(sy / sum).toBeCloseTo(toWorking(y, frame), 1);
    expect(fromWorking(toWorking(x, frame), frame)).toBeCloseTo(x, 10);
  },
);

const optics = {
  ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, phaseShift: 0 },
  ...{ defocusU: 22_000, defocusV: 18_000, defocusAngle: 30 },
};

test("what passed the CTF has, its phases flipped, passed the CTF's size", () => {
  const clean = seen(eulerToMatrix({ rot: 10, tilt: 50, psi: 5 }), 0, 0);
  const [spectrum, wanted] = [rfft2(clean), rfft2(clean)];
  multiplyCtf(spectrum, { ...optics, pixelSize: 3, factor: 1 });
  const value = ctf(optics);
  const half = halfColumns(BOX);
  for (let i = 0; i < wanted.data.length; i++) {
    const [row, column] = [Math.floor(i / 2 / half), (i >> 1) % half];
    wanted.data[i]! *= Math.abs(value(column / (3 * BOX), frequency(row, BOX) / 3));
  }
  const flipped = flipPhases(irfft2(spectrum), optics, 3);
  expect(correlation(flipped.data, irfft2(wanted).data)).toBeGreaterThan(1 - 1e-6);
});

test("the picture of the CTF turns with the image", () => {
  const side = 32;
  const frame = { side, workingPixel: 4 };
  const turn = turnBy(30, -1, 0, 0);
  const picture = new Float32Array(side * side);
  const strong = { ...optics, defocusU: 9000, defocusV: 1000 };
  ctfPicture(strong, frame, [1, 0, 0, 1], picture);
  const [turnedPicture, wanted] = [new Float32Array(side * side), new Float32Array(side * side)];
  ctfPicture(strong, frame, [turn.xu, turn.xv, turn.yu, turn.yv], turnedPicture);
  cutTurn({ data: picture, shape: [side, side] }, turn, side, wanted);
  // slow oscillations near the middle, where interpolation is good
  const near = Array.from({ length: side * side }, (_, i) => i).filter(
    (i) => Math.hypot((i % side) - 16, Math.floor(i / side) - 16) < 8,
  );
  const pick = (of: Float32Array): number[] => near.map((i) => of[i]!);
  expect(correlation(pick(turnedPicture), pick(wanted))).toBeGreaterThan(0.97);
  expect(correlation(pick(turnedPicture), pick(picture))).toBeLessThan(0.95);
});
