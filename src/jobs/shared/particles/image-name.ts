import type { Particle } from "../../../io/particles/particle.js";

/** By what an image is told in several files: its number and the name of its stack, without folders, as programs are run from various ones. */
export const imageName = ({ image }: Particle): string =>
  `${image!.index}@${image!.stack.slice(image!.stack.lastIndexOf("/") + 1)}`;
