/** The numbers from which a fixture of PyTorch and ours both start: see the scripts beside the fixtures. */
export const wave = (count: number, offset: number, scale = 1): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => scale * Math.sin(0.7 * i * (1 + (i % 13)) + offset));

/** Norm, a scalar product and eight elements: what fixtures keep of a large tensor. */
export function digest(values: Float64Array): number[] {
  const probe = wave(values.length, 0.5);
  const dot = values.reduce((sum, value, i) => sum + value * probe[i]!, 0);
  const picked = Array.from({ length: 8 }, (_, j) => values[Math.round((j * (values.length - 1)) / 7)]!);
  return [Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)), dot, ...picked];
}
