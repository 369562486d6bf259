/** A piece of a canvas on which an image lies: image pixel (x, y) is at (left + x scale, top + y scale). */
export interface Frame {
  readonly left: number;
  readonly top: number;
  /** Pixels of the canvas to one of the image. */
  readonly scale: number;
}

export interface Marks {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly score?: readonly (number | null)[];
  /** Pixels of the image. */
  readonly diameter: number;
  /** Scores below it are left out. */
  readonly threshold: number;
}

const NICE = [1, 2, 5];

/** A round length of about a fifth of the width. @param size angstrom to a pixel of the canvas */
export function barLength(width: number, size: number): number {
  const wanted = (width / 5) * size;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * (NICE.findLast((n) => n * power <= wanted) ?? 1);
}

/** A length as it stands at a scale bar. */
export const lengthText = (angstrom: number): string =>
  angstrom >= 10_000 ? `${angstrom / 10_000} µm` : angstrom >= 10 ? `${angstrom / 10} nm` : `${angstrom} Å`;

/** Draws a scale bar in the lower left corner. */
export function drawBar(to: CanvasRenderingContext2D, pixelSize: number, frame: Frame, ratio: number): void {
  const { width, height } = to.canvas;
  const length = barLength(width, pixelSize / frame.scale);
  const pixels = (length / pixelSize) * frame.scale;
  const [x, y] = [14 * ratio, height - 16 * ratio];
  const text = lengthText(length);
  to.font = `${13 * ratio}px system-ui, sans-serif`;
  const wide = Math.max(pixels, to.measureText(text).width);
  to.fillStyle = "rgba(0, 0, 0, 0.55)";
  to.fillRect(x - 8 * ratio, y - 26 * ratio, wide + 16 * ratio, 36 * ratio);
  to.fillStyle = "#fff";
  to.fillRect(x, y, pixels, 3 * ratio);
  to.fillText(text, x, y - 8 * ratio);
}

/** Draws circles about places: a light line on a dark one, so that they are seen on any ground. */
export function drawMarks(
  to: CanvasRenderingContext2D,
  marks: Marks,
  frame: Frame,
  ratio: number,
  colour: string,
): void {
  const radius = Math.max(3 * ratio, (marks.diameter / 2) * frame.scale);
  const path = new Path2D();
  for (let i = 0; i < marks.x.length; i++) {
    const score = marks.score?.[i];
    if (score !== undefined && score !== null && score < marks.threshold) continue;
    // a place counts from the centre of the first pixel, the canvas from its corner
    const x = frame.left + (marks.x[i]! + 0.5) * frame.scale;
    const y = frame.top + (marks.y[i]! + 0.5) * frame.scale;
    if (x < -radius || y < -radius || x > to.canvas.width + radius || y > to.canvas.height + radius) continue;
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  to.lineWidth = 3.2 * ratio;
  to.strokeStyle = "rgba(0, 0, 0, 0.55)";
  to.stroke(path);
  to.lineWidth = 1.6 * ratio;
  to.strokeStyle = colour;
  to.stroke(path);
}
