import { useEffect, useRef } from "preact/hooks";

/** Bins along rot and along the cosine of tilt: all of the same area on the sphere. */
const BINS = [72, 36] as const;
/** Pixels of a bin. */
const CELL = 9;

/** From dark to light, even to the eye: matplotlib's viridis (van der Walt & Smith 2015, CC0), five of its colours. */
const COLOURS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const;

/** How many particles are seen from where: every cell is as large a part of the sphere as any other. */
export function Sphere({ rot, tilt }: { readonly rot: Float64Array; readonly tilt: Float64Array }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const counts = new Float64Array(BINS[0] * BINS[1]);
  rot.forEach((angle, i) => {
    const across = Math.floor((((((angle + 180) % 360) + 360) % 360) / 360) * BINS[0]);
    const height = (1 - Math.cos((tilt[i]! * Math.PI) / 180)) / 2;
    const down = Math.min(BINS[1] - 1, Math.floor(height * BINS[1]));
    counts[down * BINS[0] + Math.min(BINS[0] - 1, across)]!++;
  });
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const mean = rot.length / counts.length;
  const empty = counts.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0) / counts.length;
  useEffect(() => {
    const to = ref.current!.getContext("2d")!;
    counts.forEach((count, i) => {
      to.fillStyle = colourOf(count / most);
      to.fillRect((i % BINS[0]) * CELL, Math.floor(i / BINS[0]) * CELL, CELL, CELL);
    });
  });
  return (
    <figure class="sphere">
      <canvas
        ref={ref}
        width={BINS[0] * CELL}
        height={BINS[1] * CELL}
        role="img"
        aria-label={`Views of ${rot.length} particles by rot and tilt`}
      />
      <div class="ends" aria-hidden="true">
        <span>rot −180°</span>
        <span>0°</span>
        <span>180°</span>
      </div>
      <figcaption>
        Views of {rot.length.toLocaleString("en")} particles, tilt 0° at the top to 180° below, every cell of
        the same solid angle: {mean.toFixed(1)} in a cell on average, {most} in the fullest (bright), none in{" "}
        {(100 * empty).toFixed(0)} % of the cells.
      </figcaption>
    </figure>
  );
}

function colourOf(share: number): string {
  const at = share * (COLOURS.length - 1);
  const [from, to] = [COLOURS[Math.floor(at)]!, COLOURS[Math.ceil(at)]!];
  return `rgb(${from.map((value, i) => Math.round(value + (at % 1) * (to[i]! - value))).join(" ")})`;
}
