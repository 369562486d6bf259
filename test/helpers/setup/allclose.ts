import { expect } from "vitest";

interface Tolerance {
  readonly relative?: number;
  readonly absolute?: number;
}

expect.extend({
  /** Every element within absolute + relative * |expected|; a failure names the worst index. */
  toBeAllclose(received: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance = {}) {
    const { relative = 1e-6, absolute = 0 } = tolerance;
    if (received.length !== expected.length) {
      return { pass: false, message: () => `length ${received.length}, expected ${expected.length}` };
    }
    let worst = -1;
    let excess = 0;
    for (let i = 0; i < expected.length; i++) {
      const difference = Math.abs(received[i]! - expected[i]!);
      const over = difference - (absolute + relative * Math.abs(expected[i]!));
      if (!(over <= excess)) {
        worst = i;
        excess = over;
        if (Number.isNaN(over)) break;
      }
    }
    return {
      pass: worst < 0,
      message: () =>
        worst < 0
          ? "expected a difference"
          : `worst at index ${worst} of ${expected.length}: ${received[worst]}, expected ${expected[worst]}`,
    };
  },
});

declare module "vitest" {
  interface Assertion<T> {
    toBeAllclose(expected: ArrayLike<number>, tolerance?: Tolerance): T;
  }
}
