import { FormatError } from "../../core/errors.js";
import type { Atom, Structure } from "./structure.js";

/**
 * Refuses atoms that lie where no molecule has them: in another unit than angstrom, or twice in one place, where their potentials
 * would be added up.
 *
 * @throws FormatError
 */
export function refuseImpossiblePlaces({ atoms, path }: Structure): void {
  refuseOtherUnits(atoms, path);
  refuseDoubles(atoms, path);
}

/** Angstrom: hydrogen, the nearest of all neighbours, lies 0.96 from oxygen in water. */
const NEAREST = 0.7;
/** Fewer atoms may be odd. */
const FEW = 10;

/** Atoms that follow each other in a file are, as a rule, neighbours in a molecule. */
function refuseOtherUnits(atoms: readonly Atom[], path: string): void {
  const distances = atoms.slice(1).flatMap((atom, i) => {
    const before = atoms[i]!;
    // alternate places of one atom lie near each other
    if (atom.name === before.name && atom.residueId === before.residueId) return [];
    return [Math.hypot(atom.x - before.x, atom.y - before.y, atom.z - before.z)];
  });
  if (distances.length < FEW) return;
  const middle = distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)]!;
  if (middle >= NEAREST) return;
  const found = `atoms ${Number(middle.toPrecision(3))} apart that follow each other`;
  throw new FormatError(path, "coordinates", found, "angstrom, where bonds are 1 to 2: not nanometre");
}

/** By which occupancies of one place may go beyond 1: files round. */
const ROUNDED = 0.02;

function refuseDoubles(atoms: readonly Atom[], path: string): void {
  const order = Uint32Array.from(atoms.keys()).sort((i, j) => {
    const [a, b] = [atoms[i]!, atoms[j]!];
    return a.x - b.x || a.y - b.y || a.z - b.z || a.model - b.model || i - j;
  });
  for (let k = 1; k < order.length; k++) {
    const [first, second] = [atoms[order[k - 1]!]!, atoms[order[k]!]!];
    if (!isSame(first, second)) continue;
    const sum = first.occupancy + second.occupancy;
    if (sum > 0 && sum <= 1 + ROUNDED) continue;
    const { name, residue, residueId, chain } = second;
    const at = `atom ${name} of ${residue} ${residueId}, chain ${chain}`;
    throw new FormatError(path, at, "it twice in one place", "each atom once");
  }
}

const isSame = (a: Atom, b: Atom): boolean =>
  (["x", "y", "z", "model", "name", "residue", "residueId", "chain", "alternate"] as const).every(
    (key) => a[key] === b[key],
  );
