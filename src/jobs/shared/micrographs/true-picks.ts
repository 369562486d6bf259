import { UsageError } from "../../../core/errors.js";
import { truePosition } from "../../../dataset/true-position.js";
import type { CoordinatePick, Pick } from "../../../io/picks/pick.js";

/** What else may say the pixel size of a micrograph, where the file of its particles does not. */
export interface PixelSizeSource {
  /** Angstrom, of all micrographs, as the user gives it. */
  readonly given?: number | undefined;
  /** Angstrom, from the micrograph's own file; undefined where it is not at hand or does not say. */
  readonly header?: ((micrograph: string) => Promise<number | undefined>) | undefined;
  readonly warn: (line: string) => void;
}

/**
 * Where particles sit: their coordinates less their origins, whoever wrote them. The pixel size of a micrograph is what its
 * file of particles says, what the user gives, or what its own header says; where none does, that of the particle images, with
 * a warning. Places that stand twice, and picks of which only some have a score, are warned of.
 *
 * @param path of the file that the picks come from
 * @throws UsageError where particles have origins and the pixel size is not known
 */
export async function truePicks(
  picks: readonly CoordinatePick[],
  path: string,
  source: PixelSizeSource,
): Promise<Pick[]> {
  for (const doubt of oddPicks(picks)) source.warn(`${path}: ${doubt}`);
  const headers = new Map<string, number | undefined>();
  const guessed = new Set<number>();
  const out: Pick[] = [];
  for (const { origin, pixelSizes, ...pick } of picks) {
    if (!origin) {
      out.push(pick);
      continue;
    }
    let size = pixelSizes?.micrograph ?? source.given;
    if (size === undefined && source.header) {
      if (!headers.has(pick.micrograph)) headers.set(pick.micrograph, await source.header(pick.micrograph));
      size = headers.get(pick.micrograph);
    }
    if (size === undefined && pixelSizes?.image !== undefined && pixelSizes.original === undefined) {
      size = pixelSizes.image;
      guessed.add(size);
    }
    if (size === undefined) throw unknownSize(path, pick.micrograph);
    out.push({ ...pick, ...truePosition(pick, origin, size) });
  }
  for (const size of guessed) {
    source.warn(
      `${path}: no pixel size of the micrographs: origins are taken to be in micrographs of ${size} angstrom, as the particle images`,
    );
  }
  return out;
}

/** What to say of picks that stand twice, lie where no micrograph is, or of which only some have a score. */
function oddPicks(picks: readonly CoordinatePick[]): readonly string[] {
  const places = new Set(
    picks.map(({ micrograph, x, y, origin }) => JSON.stringify([micrograph, x, y, origin])),
  );
  const repeated = picks.length - places.size;
  const negative = picks.filter(({ x, y }) => x < -0.5 || y < -0.5).length;
  const unscored = picks.filter(({ score }) => score === undefined).length;
  return [
    ...(repeated > 0
      ? [`${repeated} of ${picks.length} places stand in it a second time, in the same micrograph`]
      : []),
    ...(negative > 0
      ? [`${negative} of ${picks.length} places are negative, left of their micrographs or above them`]
      : []),
    ...(unscored > 0 && unscored < picks.length
      ? [`${unscored} of ${picks.length} picks have no score, others do`]
      : []),
  ];
}

const unknownSize = (path: string, micrograph: string): UsageError =>
  new UsageError(
    `${path}: found particles with origins and no pixel size of ${micrograph}, expected rlnMicrographPixelSize, ` +
      `\`micrographs\` with their folder, or \`pixelSize\``,
  );
