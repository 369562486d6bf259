/** A hand-made MRC file, independent of the writer under test. Words count from 1, as in the format's description. */
export function mrcFixture(fields: {
  /** NX, NY, NZ. */
  readonly counts: readonly number[];
  readonly mode: number;
  /** Bytes of the samples. */
  readonly samples: readonly number[];
  readonly ints?: Readonly<Record<number, number>>;
  readonly floats?: Readonly<Record<number, number>>;
  readonly extended?: number;
  readonly bigEndian?: boolean;
}): Uint8Array {
  const { counts, extended = 0, bigEndian = false } = fields;
  const bytes = new Uint8Array(1024 + extended + fields.samples.length);
  const view = new DataView(bytes.buffer);
  const [nx, ny, nz] = [counts[0]!, counts[1]!, counts[2]!];
  const ints = {
    1: nx,
    2: ny,
    3: nz,
    4: fields.mode,
    8: nx,
    9: ny,
    10: nz,
    17: 1,
    18: 2,
    19: 3,
    24: extended,
  };
  const floats = { 11: nx, 12: ny, 13: nz, 14: 90, 15: 90, 16: 90 };
  for (const [word, value] of Object.entries({ ...ints, ...fields.ints })) {
    view.setInt32((Number(word) - 1) * 4, value, !bigEndian);
  }
  for (const [word, value] of Object.entries({ ...floats, ...fields.floats })) {
    view.setFloat32((Number(word) - 1) * 4, value, !bigEndian);
  }
  bytes.set([0x4d, 0x41, 0x50, 0x20, ...(bigEndian ? [0x11, 0x11] : [0x44, 0x44])], 208);
  bytes.set(
    fields.samples.map((value) => value & 0xff),
    1024 + extended,
  );
  return bytes;
}
