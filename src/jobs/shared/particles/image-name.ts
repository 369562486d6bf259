import type { Particle } from "../../../io/particles/particle.js";

/**
 * A name by which an image is the same in several files: its number and the name of its stack. Folders are left out,
 * because programs that are run from different folders write different paths to the same stack.
 */
export const imageName = ({ image }: Particle): string =>
  `${image!.index}@${image!.stack.slice(image!.stack.lastIndexOf("/") + 1)}`;
