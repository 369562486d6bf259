/** Symbols of the elements in the order of their atomic numbers, from 1. */
export const ELEMENTS: readonly string[] = (
  "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr " +
  "Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu " +
  "Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr"
).split(" ");

const KNOWN = new Map([...ELEMENTS, "D"].map((symbol) => [symbol.toUpperCase(), symbol]));

/** An element's symbol in its usual spelling, whatever the case given; undefined if there is no such element. */
export const elementOf = (text: string): string | undefined => KNOWN.get(text.toUpperCase());
