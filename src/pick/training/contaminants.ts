import type { Random } from "../../core/random.js";

/** Range of a contaminant's radius, in particle diameters. */
const RADII = [0.15, 2.5] as const;
/** Its darkest, in standard deviations of the image. */
const STRENGTHS = [0.5, 4] as const;
/** Share of contaminants that are darker than the ground, as most are. */
const DARK = 0.7;

/**
 * Adds something that is no particle to a square crop, in place: a blot with a soft or a hard, round or lobed edge, solid or
 * hollow, as ice crystals, ethane and aggregates show; or a half plane with a sharp edge, as carbon.
 *
 * @param crop side x side, standard deviation 1; @param diameter of a particle, pixels
 */
export function pasteContaminant(crop: Float32Array, side: number, diameter: number, random: Random): void {
  const sign = random.uniform() < DARK ? -1 : 1;
  const strength = sign * STRENGTHS[0] * (STRENGTHS[1] / STRENGTHS[0]) ** random.uniform();
  const [x, y] = [random.uniform(0, side), random.uniform(0, side)];
  const angle = random.uniform(0, 2 * Math.PI);
  if (random.uniform() < 0.2) {
    pasteEdge(crop, side, { x, y, angle, strength });
    return;
  }
  const radius = diameter * RADII[0] * (RADII[1] / RADII[0]) ** random.uniform();
  pasteBlot(crop, side, {
    x,
    y,
    angle,
    strength,
    radius,
    edge: Math.max(0.7, radius * random.uniform(0.05, 0.6)),
    flatness: random.uniform(0.5, 1),
    lobes: random.integer(7),
    lobeDepth: random.uniform(0, 0.3),
  });
}

interface Edge {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly strength: number;
}

interface Blot extends Edge {
  readonly radius: number;
  /** Over which it fades, pixels. */
  readonly edge: number;
  /** Short axis over long. */
  readonly flatness: number;
  readonly lobes: number;
  readonly lobeDepth: number;
}

function pasteEdge(crop: Float32Array, side: number, { x, y, angle, strength }: Edge): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++, i++) {
      const distance = (column - x) * cos + (row - y) * sin;
      // a fringe along the edge, and a step that the background's subtraction has all but removed
      const step = Math.exp(-Math.abs(distance) / side) * Math.sign(distance);
      crop[i]! += strength * (0.4 * step + Math.exp(-(distance * distance) / 8));
    }
  }
}

function pasteBlot(crop: Float32Array, side: number, blot: Blot): void {
  const { x, y, angle, strength, radius, edge, flatness, lobes, lobeDepth } = blot;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++, i++) {
      const u = (column - x) * cos + (row - y) * sin;
      const v = ((row - y) * cos - (column - x) * sin) / flatness;
      const distance = Math.sqrt(u * u + v * v);
      if (distance > 1.5 * radius + 6 * edge) continue;
      const limit = radius * (1 + lobeDepth * Math.cos(lobes * Math.atan2(v, u)));
      crop[i]! += strength / (1 + Math.exp((2 * (distance - limit)) / edge));
    }
  }
}
