import type { Image } from "../../array/image.js";
import { OptionError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import type { MicrographCtf } from "../../io/particles/micrograph-ctf.js";
import { LABEL } from "../../io/star/names.js";
import { boxIsInside, boxMeets } from "./box.js";
import { type CoordinateTable, type Extracted, placeBox } from "./coordinates.js";
import type { Micrographs } from "./micrographs.js";
import type { ResolvedExtractOptions } from "./options.js";
import { micrographPixelSize } from "./pixel-size.js";

/** Where particles are chosen from. */
interface ChosenFrom {
  readonly table: CoordinateTable;
  readonly options: ResolvedExtractOptions;
  /** Of the micrographs, by their names in the table. */
  readonly ctfs: ReadonlyMap<string, MicrographCtf> | undefined;
}

/**
 * The particles to cut among some rows, with the pixel sizes of their micrographs.
 *
 * @throws FormatError for a box that lies wholly outside its micrograph, unless such are left out; OptionError for one that is larger
 */
export async function chooseParticles(
  { table, options, ctfs }: ChosenFrom,
  rows: readonly number[],
  micrographs: Micrographs,
  { report, signal }: JobContext,
): Promise<Extracted[]> {
  const { box, edges, recentre, particles: star, pixelSize: given } = options;
  const said = new Set<string>();
  const warn = (line: string): void => {
    if (!said.has(line)) report.warn(line);
    said.add(line);
  };
  const kept: Extracted[] = [];
  for (const row of rows) {
    signal.throwIfAborted();
    const { shape, path, pixelSize: header } = await micrographs.header(table.micrographs[row]!);
    if (box > Math.max(...shape)) {
      const expected = `at most the ${shape[1]} x ${shape[0]} of ${path}`;
      throw new OptionError("box", `found ${box} pixels, expected ${expected}`);
    }
    const size = ctfs?.get(table.micrographs[row]!)?.pixelSize;
    const voices = {
      ...{ star, sizes: table.pixelSizes[row]!, micrograph: path, header, given },
      ...(size !== undefined && { table: { path: options.ctf!, size } }),
    };
    const pixelSize = micrographPixelSize(voices, warn);
    const place = placeBox(table, row, pixelSize, recentre);
    if (edges === "skip" && !boxIsInside(shape, place.x, place.y, box)) continue;
    if (!boxMeets(shape, place.x, place.y, box)) throw outside(table, row, place, { shape, box });
    kept.push({ row, pixelSize, ...place });
  }
  return kept;
}

function outside(
  table: CoordinateTable,
  row: number,
  { x }: Pick<Extracted, "x">,
  { shape, box }: { readonly shape: Image["shape"]; readonly box: number },
): Error {
  const [rows, columns] = shape;
  const isX = !boxMeets([box, columns], x, 0, box);
  const expected = `a box of ${box} pixels that meets the micrograph of ${columns} x ${rows}, or \`edges\` skip`;
  const label = isX ? LABEL.x : LABEL.y;
  return table.particles.wrong(label, row, table.particles.numbers(label)[row], expected);
}
