import { fftFriendlySize, irfft2, rfft2 } from "../../array/fft/fft.js";
import type { Image } from "../../array/image.js";
import { crop } from "../../array/resample.js";
import { scratch } from "../../array/scratch.js";
import { halfColumns } from "../../array/spectrum/half.js";
import { integerInRange } from "../../core/check.js";
import { ShapeError, UsageError } from "../../core/errors.js";
import { checkIce, resampleIce } from "../ice.js";
import { delocalisation } from "../optics/ctf.js";
import { type CtfFilter, multiplyCtf } from "../optics/ctf-filter.js";
import type { Defocus } from "../optics/optics.js";
import { multiplyIce, type Potential, placeParticles } from "../specimen/placement.js";
import type { PlacedParticle } from "../specimen/specimen.js";
import { absorb, placeContaminants, widestReach } from "./contaminants.js";
import type { Imaged, MicrographInputs } from "./inputs.js";
import { fitsCanvas, imageFast } from "./wasm.js";

/** What the image formation knows of a particle: the physical part of a dataset's particle record. */
export interface ImagedParticle extends Defocus {
  /** Pixels, whole; the particle truly sits at x - originX / pixelSize. */
  readonly x: number;
  readonly y: number;
  /** Angstrom. */
  readonly originX: number;
  readonly originY: number;
  readonly rot: number;
  readonly tilt: number;
  readonly psi: number;
  readonly matrix: PlacedParticle["matrix"];
  /** Angstrom above the middle of the ice. Defocus U and V are the micrograph's minus this. */
  readonly depth: number;
  readonly structure: number;
  /** By which its projection is multiplied; absent: 1. */
  readonly strength?: number;
  /** Fraction of its footprint inside the micrograph. */
  readonly visibleFraction: number;
  /** Fraction of its footprint that other particles cover. */
  readonly overlap: number;
}

/** A micrograph without noise, with the labels that follow from its simulation. */
export interface SimulatedMicrograph {
  /** Noise-free, protein dark; 0 where there is neither particle nor fringe. */
  readonly clean: Image;
  /** 1 on the footprint of any particle, 0 elsewhere. */
  readonly mask: Image;
  /** In the order of the inputs. */
  readonly particles: readonly ImagedParticle[];
}

/**
 * The noise-free micrograph of a specimen: every particle's projected potential at its place, times the ice gradient,
 * then times MINUS the CTF on a canvas so large that nothing wraps around.
 *
 * A particle at depth z has the phase -π λ z k² beside the CTF's. It is split before the sum, P cos and P sin, and the two
 * sums are filtered with sin χ and cos χ: each particle gets its own defocus at the price of one more canvas.
 *
 * @throws ShapeError, UsageError when a projector is missing or has another pixel size
 */
export function simulateMicrograph(inputs: MicrographInputs): SimulatedMicrograph {
  validate(inputs);
  const { filter, canvas } = planImaging(inputs);
  if (inputs.ice) checkIce(inputs.ice);
  const { clean, mask, placed } = fitsCanvas(inputs, canvas)
    ? imageFast(inputs, filter, canvas)
    : imagePlain(inputs, filter, canvas);
  absorb(clean, inputs);
  const particles = placed.map((spot, i) => describe(inputs, inputs.particles[i]!, spot));
  return { clean, mask, particles };
}

/** The transfer function of a micrograph and the canvas on which it is made. */
export function planImaging(inputs: MicrographInputs): {
  readonly filter: CtfFilter & { readonly highest: number };
  readonly canvas: readonly [rows: number, columns: number];
} {
  // the potential has no frequencies beyond its projections'
  const highest = Math.max(0, ...inputs.projectors.map((p) => p.radius / (p.box * p.pixelSize)));
  const filter = {
    ...{ ...inputs.optics, ...inputs.defocus, bFactor: inputs.bFactor ?? 0, factor: -1, highest },
    ...(inputs.coherence && { coherence: inputs.coherence }),
  };
  return { filter, canvas: canvasShape(inputs, filter) };
}

/** In plain TypeScript, against which micrograph-wasm.ts is tested, and which makes the micrographs that it does not. */
export function imagePlain(
  inputs: MicrographInputs,
  filter: CtfFilter,
  canvas: readonly [rows: number, columns: number],
): Imaged {
  const { particles, projectors, optics, ice, shape } = inputs;
  const potential = placeParticles(particles, projectors, optics.voltage, canvas);
  placeContaminants(potential.inPhase, inputs);
  if (ice) {
    const gradient = resampleIce(ice, shape);
    multiplyIce(potential.inPhase, gradient);
    if (potential.quadrature) multiplyIce(potential.quadrature, gradient);
  }
  const { coverage } = potential;
  return {
    clean: crop(applyOptics(potential, filter), 0, 0, shape),
    mask: { data: coverage.mask(shape[0], shape[1]), shape },
    placed: potential.placed.map(({ x, y, footprint }) => ({
      ...{ x, y },
      ...coverage.fractions(footprint, x, y, shape),
    })),
  };
}

function validate({ shape, optics, projectors, particles }: MicrographInputs): void {
  for (const n of shape) integerInRange("micrograph size", n, 1, 1e6);
  for (const [i, { pixelSize }] of projectors.entries()) {
    if (Math.abs(pixelSize / optics.pixelSize - 1) > 1e-4) {
      throw new UsageError(
        `simulateMicrograph: pixel size of projector ${i}: found ${pixelSize} angstrom, expected the optics' ${optics.pixelSize}`,
      );
    }
  }
  const most = particles.reduce((high, { structure }) => Math.max(high, structure), 0);
  if (most >= projectors.length) {
    throw new ShapeError(
      "simulateMicrograph: projectors",
      [projectors.length],
      `one for each of ${most + 1} structures`,
    );
  }
}

/** The frame at its first corner, then room for half a box or lump and for what the CTF spreads, shared by opposite edges. */
function canvasShape(
  { shape, optics, projectors, contaminants }: MicrographInputs,
  filter: CtfFilter & { readonly highest: number },
): readonly [number, number] {
  const box = Math.max(1, ...projectors.map((p) => p.box));
  const spread = Math.ceil(delocalisation(filter, filter.highest) / optics.pixelSize);
  const reach = Math.max(box / 2, widestReach(contaminants?.lumps ?? [], optics.pixelSize));
  const room = Math.max(Math.ceil(2 * reach), Math.floor(reach) + 1 + spread) + 1;
  return [fftFriendlySize(shape[0] + room), fftFriendlySize(shape[1] + room)];
}

/** Micrographs of one size follow each other. */
const spectrumScratch = scratch();

/** Protein dark: minus the CTF. cos χ is the CTF with a quarter turn more of phase shift. */
function applyOptics({ inPhase, quadrature }: Potential, filter: CtfFilter): Image {
  const [rows, columns] = inPhase.shape;
  const spectrum = rfft2(inPhase, spectrumScratch(2 * rows * halfColumns(columns)));
  multiplyCtf(spectrum, filter);
  if (quadrature) {
    const second = rfft2(quadrature);
    multiplyCtf(second, { ...filter, phaseShift: filter.phaseShift + 90 });
    for (let i = 0; i < second.data.length; i++) spectrum.data[i]! += second.data[i]!;
  }
  // the potential has been used up: its array becomes the image
  return irfft2(spectrum, inPhase.data);
}

function describe(
  { optics, defocus }: MicrographInputs,
  particle: PlacedParticle,
  { x, y, visible, overlap }: Imaged["placed"][number],
): ImagedParticle {
  return {
    x,
    y,
    originX: (x - particle.x) * optics.pixelSize,
    originY: (y - particle.y) * optics.pixelSize,
    rot: particle.rot,
    tilt: particle.tilt,
    psi: particle.psi,
    matrix: particle.matrix,
    depth: particle.depth,
    defocusU: defocus.defocusU - particle.depth,
    defocusV: defocus.defocusV - particle.depth,
    defocusAngle: defocus.defocusAngle,
    phaseShift: defocus.phaseShift,
    structure: particle.structure,
    ...(particle.strength !== undefined && { strength: particle.strength }),
    visibleFraction: visible,
    overlap,
  };
}
