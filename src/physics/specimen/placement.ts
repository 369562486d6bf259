import { irfft2, type Spectrum } from "../../array/fft/fft.js";
import { centre, type Image, zeros } from "../../array/image.js";
import { scratch } from "../../array/scratch.js";
import { electronWavelength } from "../optics/ctf.js";
import { centralSlice, multiplySpectrum } from "../projection/project.js";
import type { Projector } from "../projection/projector.js";
import { Coverage, wrapped } from "./coverage.js";
import { type Footprint, footprintOf } from "./footprint.js";
import type { PlacedParticle } from "./specimen.js";

/** Where a particle's box lies: its centre on pixel (x, y). */
export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly footprint: Footprint;
}

/** The projected potential of a specimen on a canvas, white; the frame at its first corner, the rest margin. */
export interface Potential {
  readonly inPhase: Image;
  /** Absent when every particle lies at depth 0. */
  readonly quadrature: Image | null;
  readonly coverage: Coverage;
  /** In the order of the particles. */
  readonly placed: readonly Placed[];
}

/** Micrographs of one size follow each other. */
const canvasScratch = scratch();

/**
 * Adds the projections of particles to a canvas at their sub-pixel places. What hangs over an edge wraps into the margin.
 *
 * A particle at depth z is split by its phase δ = -π λ z k² into P cos δ and P sin δ, on two canvases. The first is used
 * again by the next call: the result is to be turned into an image before that.
 */
export function placeParticles(
  particles: readonly PlacedParticle[],
  projectors: readonly Projector[],
  voltage: number,
  canvas: readonly [rows: number, columns: number],
): Potential {
  const inPhase = { data: canvasScratch(canvas[0] * canvas[1]).fill(0), shape: canvas };
  const quadrature = particles.some(({ depth }) => depth !== 0) ? zeros(...canvas) : null;
  const coverage = new Coverage(canvas);
  const lambda = electronWavelength(voltage);
  const windowOf = projectors.map(supportWindow);
  const box = scratch();
  const placed = particles.map((particle) => {
    const projector = projectors[particle.structure]!;
    const window = windowOf[particle.structure]!;
    const x = Math.round(particle.x) + 0; // + 0: never -0
    const y = Math.round(particle.y) + 0;
    const slice = centralSlice(projector, particle.matrix, particle.x - x, particle.y - y);
    const footprint = footprintOf(projector, slice);
    if (particle.strength !== undefined) scale(slice, particle.strength);
    coverage.add(footprint, x, y);
    if (quadrature) {
      const phase = -Math.PI * lambda * particle.depth;
      const sine: Spectrum = { data: slice.data.slice(), shape: slice.shape };
      multiplySpectrum(sine, projector.pixelSize, (kx, ky) => Math.sin(phase * (kx * kx + ky * ky)));
      addBox(quadrature, irfft2(sine, box(projector.box ** 2)), window, x, y);
      multiplySpectrum(slice, projector.pixelSize, (kx, ky) => Math.cos(phase * (kx * kx + ky * ky)));
    }
    addBox(inPhase, irfft2(slice, box(projector.box ** 2)), window, x, y);
    return { x, y, footprint };
  });
  return { inPhase, quadrature, coverage, placed };
}

function scale({ data }: Spectrum, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i]! *= factor;
}

/** Multiplies a canvas in place by the ice gradient of its frame; the margin takes that of the nearest edge. */
export function multiplyIce(canvas: Image, ice: Image): void {
  const [rows, columns] = canvas.shape;
  const fromRow = nearestInside(rows, ice.shape[0]);
  const fromColumn = nearestInside(columns, ice.shape[1]);
  for (let y = 0; y < rows; y++) {
    const row = fromRow[y]! * ice.shape[1];
    const to = y * columns;
    for (let x = 0; x < columns; x++) canvas.data[to + x]! *= ice.data[row + fromColumn[x]!]!;
  }
}

export const nearestInside = (canvas: number, frame: number): Int32Array =>
  Int32Array.from({ length: canvas }, (_, i) => {
    if (i < frame) return i;
    return i - frame < canvas - 1 - i ? frame - 1 : 0;
  });

/** A weight for each pixel of a box; 0 in the columns and rows before `first` and after `last`. */
export interface Window {
  readonly weight: Float32Array;
  readonly first: number;
  readonly last: number;
}

const windows = new WeakMap<Projector, Window>();

/**
 * 1 over the particle, 0 towards the edges of its box: takes away the ghosts that interpolation in Fourier space leaves
 * around the particle (about a hundredth of it), whose square edges would show in a micrograph.
 */
export function supportWindow(projector: Projector): Window {
  const known = windows.get(projector);
  if (known) return known;
  const { box, extent } = projector;
  const weight = new Float32Array(box * box);
  const edge = Math.min(6, box / 8);
  const inner = Math.min(extent + 2, box / 2 - edge);
  for (let y = 0; y < box; y++) {
    for (let x = 0; x < box; x++) {
      const beyond = Math.sqrt((x - centre(box)) ** 2 + (y - centre(box)) ** 2) - inner;
      const fall = (1 + Math.cos((Math.PI * Math.min(beyond, edge)) / edge)) / 2;
      weight[y * box + x] = beyond <= 0 ? 1 : fall;
    }
  }
  const outer = Math.ceil(inner + edge);
  const window = {
    weight,
    first: Math.max(0, centre(box) - outer),
    last: Math.min(box - 1, centre(box) + outer),
  };
  windows.set(projector, window);
  return window;
}

/** Adds a windowed box with its centre on pixel (x, y) of the canvas; beyond an edge it wraps into the margin. */
function addBox(canvas: Image, box: Image, { weight, first, last }: Window, x: number, y: number): void {
  const [n] = box.shape;
  const columnOf = wrapped(x, n, canvas.shape[1]);
  const rowOf = wrapped(y, n, canvas.shape[0]);
  for (let v = first; v <= last; v++) {
    const row = rowOf[v]! * canvas.shape[1];
    for (let u = first; u <= last; u++) {
      const i = v * n + u;
      canvas.data[row + columnOf[u]!]! += box.data[i]! * weight[i]!;
    }
  }
}
