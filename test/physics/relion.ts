import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Image, Volume } from "../../src/array/image.js";
import { readMrc } from "../../src/io/mrc/read.js";
import { writeMrc } from "../../src/io/mrc/write.js";

/** Whether a program of RELION can be started here. */
export function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export interface RelionParticle {
  readonly rot: number;
  readonly tilt: number;
  readonly psi: number;
  /** Angstrom, RELION's sense: the particle sits at minus the origin. */
  readonly originX: number;
  readonly originY: number;
  readonly defocusU: number;
  readonly defocusV: number;
  readonly defocusAngle: number;
  readonly phaseShift: number;
  readonly bFactor: number;
}

export interface RelionOptics {
  readonly voltage: number;
  readonly sphericalAberration: number;
  readonly amplitudeContrast: number;
}

/** The images that relion_project makes of a volume, in the order of the particles. */
export function relionProject(
  volume: Volume,
  particles: readonly RelionParticle[],
  optics: RelionOptics,
  extra: readonly string[] = [],
): Image[] {
  const folder = mkdtempSync(join(tmpdir(), "cryogem-relion-"));
  try {
    const map = join(folder, "map.mrc");
    writeFileSync(
      map,
      writeMrc({ data: volume.data, shape: volume.shape, voxelSize: volume.voxelSize, kind: "volume" }),
    );
    const star = join(folder, "in.star");
    writeFileSync(star, particleStar(volume, particles, optics));
    const args = [
      "--i",
      map,
      "--ang",
      star,
      "--o",
      join(folder, "out"),
      "--angpix",
      String(volume.voxelSize),
    ];
    execFileSync("relion_project", [...args, ...extra], { stdio: "pipe", cwd: folder });
    const { data, header } = readMrc(readFileSync(join(folder, "out.mrcs")), "out.mrcs");
    const [, rows, columns] = header.shape;
    return particles.map((_, i) => ({
      data: data.slice(i * rows * columns, (i + 1) * rows * columns),
      shape: [rows, columns] as const,
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function particleStar(volume: Volume, particles: readonly RelionParticle[], optics: RelionOptics): string {
  const block = (name: string, labels: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
    `data_${name}\n\nloop_\n${labels.map((label, i) => `_${label} #${i + 1}\n`).join("")}${rows.map((row) => `${row.join(" ")}\n`).join("")}\n`;
  const opticsLabels =
    "rlnOpticsGroup rlnOpticsGroupName rlnImagePixelSize rlnImageSize rlnImageDimensionality rlnVoltage rlnSphericalAberration rlnAmplitudeContrast";
  const particleLabels =
    "rlnImageName rlnMicrographName rlnOpticsGroup rlnAngleRot rlnAngleTilt rlnAnglePsi rlnOriginXAngst rlnOriginYAngst rlnDefocusU rlnDefocusV rlnDefocusAngle rlnPhaseShift rlnCtfBfactor";
  return (
    block("optics", opticsLabels.split(" "), [
      [
        ...[1, "opticsGroup1", volume.voxelSize, volume.shape[2], 2],
        ...[optics.voltage, optics.sphericalAberration, optics.amplitudeContrast],
      ],
    ]) +
    block(
      "particles",
      particleLabels.split(" "),
      particles.map((p, i) => [
        ...[`${i + 1}@particles.mrcs`, "mic.mrc", 1, p.rot, p.tilt, p.psi, p.originX, p.originY],
        ...[p.defocusU, p.defocusV, p.defocusAngle, p.phaseShift, p.bFactor],
      ]),
    )
  );
}
