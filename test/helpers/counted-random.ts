import { Random } from "../../src/core/random.js";

/** Random numbers that are counted as they are drawn: how much work something took, the same on every machine. */
export function countedRandom(seed: number, label: string): { readonly random: Random; draws(): number } {
  const random = Random.of(seed, label);
  const uniform = random.uniform.bind(random);
  let count = 0;
  random.uniform = (low, high) => {
    count++;
    return uniform(low, high);
  };
  return { random, draws: () => count };
}
