/**
 * The package's FFT beside FFTW 3 (single precision, measured plans, one thread), on real images and volumes:
 *   npx vite-node bench/speed/fft.ts [ROUNDS] [SHAPE …]        SHAPE as 4096x4096 or 256x256x256
 * Needs gcc and FFTW's headers. The two take turns round by round, so that what else the machine does hits both; a
 * ratio is the median over rounds of ours over FFTW's. Agreement is checked before anything is timed. "new array" is
 * the forward transform into a fresh array rather than one used before (FFTW reuses its own).
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { irfft2, irfft3, rfft2, rfft3 } from "../../src/array/fft/fft.js";
import { Random } from "../../src/core/random.js";
import { printTable, spread } from "../shared/table.js";

const [rounds = "9", ...wanted] = process.argv.slice(2);
const shapes = (
  wanted.length > 0 ? wanted : ["256x256", "1024x1024", "4096x4096", "3838x3710", "128x128x128"]
).map((text) => text.split("x").map(Number));
const folder = mkdtempSync(join(tmpdir(), "cryogem-bench-"));
const fftw = join(folder, "fftw");
const source = new URL("peers/fftw.c", import.meta.url).pathname;
execFileSync("gcc", ["-O3", "-march=native", source, "-o", fftw, "-lfftw3f", "-lm"]);

/** Wall and processor milliseconds. */
interface Time {
  readonly wall: number;
  readonly processor: number;
}

interface Subject {
  readonly data: Float32Array;
  readonly spectrum: Float32Array;
  forward(out?: Float32Array): Float32Array;
  inverse(out?: Float32Array): Float32Array;
}

function subject(shape: readonly number[]): Subject {
  const data = Random.of(1).fillNormal(new Float32Array(shape.reduce((a, b) => a * b)));
  if (shape.length === 2) {
    const image = { data, shape: shape as unknown as readonly [number, number] };
    const spectrum = rfft2(image);
    return {
      data,
      spectrum: spectrum.data,
      forward: (out) => rfft2(image, out).data,
      inverse: (out) => irfft2(spectrum, out).data,
    };
  }
  const volume = { data, shape: shape as unknown as readonly [number, number, number], voxelSize: 1 };
  const spectrum = rfft3(volume);
  return {
    data,
    spectrum: spectrum.data,
    forward: (out) => rfft3(volume, out).data,
    inverse: (out) => irfft3(spectrum, 1, out).data,
  };
}

const bytesOf = (a: Float32Array): Uint8Array => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);

function relativeError(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}

/** The larger of the differences from FFTW's spectrum and, after the inverse, from the image. Each side rounds. */
function disagreement(shape: readonly number[], { data, spectrum, inverse }: Subject): number {
  const { stdout } = spawnSync(fftw, ["check", ...shape.map(String)], {
    input: bytesOf(data),
    maxBuffer: 2 ** 32,
  });
  const theirs = new Float32Array(Uint8Array.from(stdout).buffer);
  if (theirs.length !== spectrum.length) throw new Error(`FFTW gave ${theirs.length} floats`);
  return Math.max(relativeError(spectrum, theirs), relativeError(inverse(), data));
}

function time(count: number, work: () => unknown): Time {
  const processor = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < count; i++) work();
  const wall = performance.now() - start;
  const used = process.cpuUsage(processor);
  return { wall: wall / count, processor: (used.user + used.system) / 1e3 / count };
}

const rows: (readonly string[])[] = [];

async function compare(shape: readonly number[]): Promise<void> {
  const ours = subject(shape);
  const error = disagreement(shape, ours);
  if (!(error < 5e-7)) throw new Error(`${shape.join("x")}: the two differ by ${error}`);
  const count = Math.max(1, Math.round(2 ** 23 / ours.data.length));
  const out = {
    forward: new Float32Array(ours.spectrum.length),
    inverse: new Float32Array(ours.data.length),
  };
  const peer = spawn(fftw, ["time", ...shape.map(String)], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const ask = async (direction: string): Promise<Time> => {
    peer.stdin.write(`${direction} ${count}\n`);
    const [wall = Number.NaN, processor = Number.NaN] = (await answers.next()).value.split(" ").map(Number);
    return { wall, processor };
  };
  for (const direction of ["forward", "inverse"] as const) {
    const times: { ours: Time; peer: Time; fresh: Time }[] = [];
    for (let round = -1; round < Number(rounds); round++) {
      const measured = {
        peer: await ask(direction),
        ours: time(count, () => ours[direction](out[direction])),
        fresh: time(count, () => ours[direction]()),
      };
      if (round >= 0) times.push(measured); // the first round warms up
    }
    const column = (value: (t: (typeof times)[number]) => number): string => spread(times.map(value), 2);
    rows.push([
      ...[shape.join("x"), direction],
      ...[column((t) => t.ours.wall), column((t) => t.fresh.wall), column((t) => t.peer.wall)],
      column((t) => t.ours.wall / t.peer.wall),
      column((t) => t.ours.processor / t.peer.processor),
      error.toExponential(1),
    ]);
  }
  peer.stdin.end();
}

for (const shape of shapes) await compare(shape);
printTable(
  `FFT, one thread, ${rounds} rounds; milliseconds: median (quartiles); ratio: ours over FFTW's, round by round`,
  ["shape", "way", "ours", "ours, new array", "FFTW", "ratio", "ratio, processor", "spectra, off by"],
  rows,
);
rmSync(folder, { recursive: true });
