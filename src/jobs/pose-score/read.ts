import { FormatError, UsageError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import { eulerToMatrix } from "../../core/rotation.js";
import type { ParticlePose } from "../../evaluate/poses/poses.js";
import type { ParticleSet } from "../../io/particles/particle.js";
import { LABEL } from "../../io/star/names.js";
import { pixelSizesDiffer } from "../shared/micrographs/pixel-size.js";
import { farTurns } from "../shared/particles/image-doubt.js";
import { imageName } from "../shared/particles/image-name.js";
import { readParticleFile } from "../shared/particles/particle-set.js";

/** Poses by the images that they are of. */
export interface NamedPoses {
  readonly path: string;
  readonly poses: ReadonlyMap<string, ParticlePose>;
  /** Where the box of each image lies in its micrograph, pixels, as far as the file says. */
  readonly places: ReadonlyMap<string, readonly [x: number, y: number]>;
  /** Half the side of a box, pixels of the micrograph: boxes cut again about a refined place lie nearer to the first ones. */
  readonly halfBox: number;
  /** Angstrom, of the images. */
  readonly pixelSize: number;
}

/**
 * The poses of a file by their images: number and name of the stack, without folders, as programs are run from various ones.
 *
 * @throws FileError; FormatError for a file without images, angles or origins, or with two particles of one image
 */
export async function readPoses(
  { files, report }: Pick<JobContext, "files" | "report">,
  path: string,
): Promise<NamedPoses> {
  const set = await readParticleFile(files, path);
  for (const line of farTurns(set, path)) report.warn(line);
  requireColumns(set, path);
  const poses = new Map<string, ParticlePose>();
  const places = new Map<string, readonly [number, number]>();
  for (const [row, particle] of set.particles.entries()) {
    const key = imageName(particle);
    if (poses.has(key)) {
      const expected = "one row for each image, as `pose run` without --best writes them";
      throw new FormatError(path, `image of particle ${row + 1}`, key, expected);
    }
    const { pixelSize } = set.optics[particle.opticsGroup]!;
    if (particle.x !== undefined && particle.y !== undefined) places.set(key, [particle.x, particle.y]);
    const { x, y } = particle.origin!;
    // an origin leads from the particle to the image's centre
    poses.set(key, {
      rotation: eulerToMatrix(particle.angles!),
      ...{ x: -x / pixelSize, y: -y / pixelSize },
    });
  }
  const { pixelSize, micrographPixelSize, imageSize } = set.optics[set.particles[0]!.opticsGroup]!;
  const halfBox =
    imageSize === undefined ? HALF_BOX : (imageSize * pixelSize) / (micrographPixelSize ?? pixelSize) / 2;
  return { path, poses, places, halfBox, pixelSize };
}

function requireColumns({ particles }: ParticleSet, path: string): void {
  const [first] = particles;
  if (!first) throw new FormatError(path, "particles", 0, "at least two");
  const needs = [
    [first.image, LABEL.image, "the images of the particles"],
    [first.angles, LABEL.rot, "the angles of the particles"],
    [first.origin, LABEL.originX, "the origins of the particles"],
  ] as const;
  for (const [found, label, expected] of needs) {
    if (!found) throw new FormatError(path, "data_particles", `no ${label}`, expected);
  }
}

/** Half a box where the file does not say its size, pixels of the micrograph. */
const HALF_BOX = 100;

/** @throws UsageError for a file whose images have the names of the truth's, but are other ones */
function requireSameImages(truth: NamedPoses, other: NamedPoses, names: readonly string[]): void {
  if (pixelSizesDiffer(truth.pixelSize, other.pixelSize)) {
    throw new UsageError(
      `${other.path}: found images of ${other.pixelSize} angstrom per pixel, expected ${truth.pixelSize} as in ${truth.path}`,
    );
  }
  const far = names.filter((name) => {
    const [a, b] = [truth.places.get(name), other.places.get(name)];
    return a && b && Math.hypot(a[0] - b[0], a[1] - b[1]) > truth.halfBox;
  });
  if (2 * far.length <= names.length) return;
  throw new UsageError(
    `${other.path}: found ${far.length} of ${names.length} images elsewhere in their micrographs than ${truth.path} has images of ` +
      "the same names, expected the same images",
  );
}

/**
 * The images that all files have, in the order of the first.
 * @throws UsageError where there are fewer than two, or where equal names are of other images
 */
export function commonImages(
  truth: NamedPoses,
  others: readonly NamedPoses[],
  report: JobContext["report"],
): readonly string[] {
  const names = [...truth.poses.keys()].filter((name) => others.every(({ poses }) => poses.has(name)));
  if (names.length < 2) {
    const found = others.map(({ path, poses }) => `${path} ${[...poses.keys()][0]}`).join(", ");
    throw new UsageError(
      `pose score: found ${names.length} images that all files have (${truth.path} begins with ${[...truth.poses.keys()][0]}, ${found}), expected the same images in all`,
    );
  }
  for (const other of others) requireSameImages(truth, other, names);
  for (const { path, poses } of [truth, ...others]) {
    const missing = poses.size - names.length;
    if (missing > 0)
      report.warn(`${path}: ${missing} of ${poses.size} particles are not in all files and are not scored`);
  }
  return names;
}
