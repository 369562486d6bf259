import { FormatError } from "../../core/errors.js";
import { type Atom, ROUNDED, type Structure } from "./structure.js";

/**
 * Refuses atoms that lie where no molecule has them: in another unit than angstrom, several in one place, where their potentials
 * would be added up, or at a place that stands for none.
 *
 * @throws FormatError
 */
export function refuseImpossiblePlaces({ atoms, path }: Structure): void {
  refuseUnplaced(atoms, path);
  refuseOtherUnits(atoms, path);
  refuseDoubles(atoms, path);
}

/** What programs that build models write for an atom that they could not place. */
const UNPLACED = 9999;

function refuseUnplaced(atoms: readonly Atom[], path: string): void {
  const lost = atoms.find(({ x, y, z }) => [x, y, z].every((value) => Math.trunc(value) === UNPLACED));
  if (lost)
    throw new FormatError(path, nameOf(lost), [lost.x, lost.y, lost.z], "its place: 9999 stands for none");
}

const nameOf = ({ name, residue, residueId, chain }: Atom): string =>
  `atom ${name} of ${residue} ${residueId}, chain ${chain}`;

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

/** Two atoms may stand for one place that is filled by turns, as an ion and a water; more of them were not placed. */
const MOST_SHARING = 2;

function refuseDoubles(atoms: readonly Atom[], path: string): void {
  const order = Uint32Array.from(atoms.keys()).sort((i, j) => {
    const [a, b] = [atoms[i]!, atoms[j]!];
    return a.x - b.x || a.y - b.y || a.z - b.z || a.model - b.model || i - j;
  });
  let sharing = 0;
  for (let k = 0; k < order.length; k++) {
    const [first, second] = [atoms[order[k - 1]!], atoms[order[k]!]!];
    const isThere = first !== undefined && isInPlace(first, second);
    sharing = (isThere ? sharing : 0) + (isAlone(second) ? second.occupancy : 0);
    if (sharing > MOST_SHARING + ROUNDED) {
      const found = `one place with other atoms (${second.x}, ${second.y}, ${second.z})`;
      throw new FormatError(path, nameOf(second), found, "a place of its own");
    }
    if (!isThere || !isSame(first, second)) continue;
    const sum = first.occupancy + second.occupancy;
    if (sum > 0 && sum <= 1 + ROUNDED) continue;
    throw new FormatError(path, nameOf(second), "it twice in one place", "each atom once");
  }
}

/** Alternate places of one atom may be the same, and virtual sites lie on atoms. */
const isAlone = ({ alternate, element }: Atom): boolean => alternate === "" && element !== "";

const isInPlace = (a: Atom, b: Atom): boolean =>
  (["x", "y", "z", "model"] as const).every((key) => a[key] === b[key]);

const isSame = (a: Atom, b: Atom): boolean =>
  (["name", "residue", "residueId", "chain", "alternate"] as const).every((key) => a[key] === b[key]);
