import type { Command } from "commander";
import { countIn, integerIn, numberIn, numbersIn, oneOf, rangeIn, sizeIn } from "./options.js";

/** What is in the micrographs and how many there are. */
export function specimenOptions(command: Command): void {
  command
    .option("--ratios <list>", "shares of several maps, as 2,1 (default: equal)", numbersIn("", 0, 1e6))
    .option(
      "--size <pixels>",
      "micrograph, N or WIDTHxHEIGHT, 32 to 32768 (default: 1024)",
      sizeIn(32, 32_768),
    )
    .option("--count <n>", "micrographs, 1 to 999999 (default: 10)", integerIn(1, 999_999))
    .option(
      "--particles <mean,sd>",
      "particles a micrograph, mean at least 1 (default: discs over a quarter of the area)",
      countIn(1e6),
    )
    .option(
      "--diameter <A>",
      "particle diameter, 1 to 10000 angstrom (default: measured on the map)",
      numberIn("angstrom", 1, 1e4),
    )
    .option(
      "--exclusion <how>",
      "particles keep clear of each other by their own outline, or as a disc of their diameter (default: outline)",
      oneOf("outline", "disc"),
    )
    .option(
      "--collapse-ratio <f>",
      "factor on the outlines, or least distance of discs over their diameter; below 1 particles may overlap, 0 to 10 (default: 1)",
      numberIn("", 0, 10),
    )
    .option(
      "--clustering <f>",
      "share of the particles laid against another one, so that they gather and leave gaps, 0 to 1; by outlines only (default: 0)",
      numberIn("", 0, 1),
    )
    .option(
      "--depth <A>",
      "ice thickness in which particles lie at their own defocus, 0 to 10000 angstrom (default: 0)",
      numberIn("angstrom", 0, 1e4),
    )
    .option(
      "--orientations <what...>",
      "uniform; preferred views as cone:rot,tilt,half-angle[,weight] in degrees, several with blanks between; or a STAR file whose particles' views are drawn from (default: uniform)",
    )
    .option("--keep-psi", "take the STAR file's in-plane angles too (default: they are uniform)")
    .option(
      "--symmetry <groups>",
      "RELION's point group of the map, or one for each map as C1,D7: checked on the map, and preferred views come evenly in all symmetric copies; uniform ones do anyway (default: C1)",
    );
}

/** How they are imaged, as far as it needs no noise. */
export function opticsOptions(command: Command): void {
  command
    .option(
      "--estimates <dir>",
      "folder that `estimate` wrote: optics, defocus, ice gradients, particle density and noise are then as measured, where no option says otherwise",
    )
    .option(
      "--pixel-size <A>",
      "0.1 to 50 angstrom (default: the map's voxel size)",
      numberIn("angstrom", 0.1, 50),
    )
    .option(
      "--defocus <low,high>",
      "range, angstrom, underfocus positive, -100000 to 100000 (default: 10000,25000)",
      rangeIn("angstrom", -1e5, 1e5),
    )
    .option(
      "--astigmatism <A>",
      "largest difference of defocus U and V, 0 to 20000 angstrom (default: 200)",
      numberIn("angstrom", 0, 2e4),
    )
    .option(
      "--phase-shift <deg>",
      "of a phase plate, -180 to 180 degrees (default: 0)",
      numberIn("degrees", -180, 180),
    )
    .option("--voltage <kV>", "60 to 1000 kV (default: 300)", numberIn("kV", 60, 1000))
    .option("--cs <mm>", "spherical aberration, 0 to 10 mm (default: 2.7)", numberIn("mm", 0, 10))
    .option("--amplitude-contrast <f>", "0 to 1 (default: 0.1)", numberIn("", 0, 1))
    .option(
      "--b-factor <A2>",
      "envelope exp(-B k²/4), 0 to 2000 square angstrom (default: 0)",
      numberIn("square angstrom", 0, 2000),
    )
    .option(
      "--focal-spread <A>",
      "standard deviation of the focus, its envelope, 0 to 500 angstrom (default: 0)",
      numberIn("angstrom", 0, 500),
    )
    .option(
      "--convergence <mrad>",
      "half angle of illumination, its envelope, 0 to 1 milliradian (default: 0)",
      numberIn("milliradian", 0, 1),
    )
    .option(
      "--ice-gradient <f>",
      "fall of a made-up ice gradient across the field, 0 to 0.9 (default: 0)",
      numberIn("", 0, 0.9),
    );
}
