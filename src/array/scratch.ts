/**
 * A maker of arrays for intermediate results that are made over and over in one size: the array of the last call again,
 * with what was in it, where the length is the same. A caller must be done with it before the next call.
 */
export function scratch(): (length: number) => Float32Array {
  let last = new Float32Array(0);
  return (length) => {
    if (last.length !== length) last = new Float32Array(length);
    return last;
  };
}
