import type { Image } from "../../array/image.js";
import type { Files } from "../../core/ports.js";
import { encodeMrcHeader, encodeMrcSections, measureMrc, mergeMrcStatistics } from "../../io/mrc/write.js";

/** Stacks up to this size get their statistics in the header; larger ones are marked as not measured, as MRC2014 allows. */
const MEASURED_BYTES = 2 ** 30;

/** What is known of a stack before its images are cut. */
export interface StackHeader {
  readonly shape: readonly [sections: number, rows: number, columns: number];
  /** Angstrom. */
  readonly voxelSize: number;
  readonly mode: "float32" | "float16";
}

/** Writes a stack as its images come. */
export async function writeStack(
  files: Files,
  path: string,
  images: AsyncIterable<Image>,
  header: StackHeader,
): Promise<void> {
  const { shape, mode } = header;
  const fields = { ...header, kind: "stack" } as const;
  const pixels = shape[1] * shape[2];
  if (4 * shape[0] * pixels > MEASURED_BYTES) {
    await files.write(path, stream());
    return;
  }
  const pieces: Uint8Array[] = [];
  let statistics: ReturnType<typeof measureMrc> | undefined;
  for await (const { data } of images) {
    const measured = measureMrc(data, mode);
    statistics = statistics
      ? mergeMrcStatistics(statistics, measured, [pieces.length * pixels, pixels])
      : measured;
    pieces.push(encodeMrcSections(data, mode));
  }
  await files.write(path, whole(encodeMrcHeader({ ...fields, ...(statistics && { statistics }) }), pieces));

  async function* stream(): AsyncGenerator<Uint8Array> {
    yield encodeMrcHeader(fields);
    for await (const { data } of images) yield encodeMrcSections(data, mode);
  }
}

async function* whole(header: Uint8Array, pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield header;
  yield* pieces;
}
