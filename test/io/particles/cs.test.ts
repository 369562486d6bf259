import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eulerToMatrix } from "../../../src/core/rotation.js";
import { readNpyTable, writeNpyTable } from "../../../src/io/npy/read.js";
import { readParticlesCs } from "../../../src/io/particles/cs.js";
import { particlesCsPieces, writeParticlesCs } from "../../../src/io/particles/cs-write.js";
import { matrixToRotationVector, rotationVectorToMatrix } from "../../../src/io/particles/rotation-vector.js";
import { pythonOn } from "../mrc/oracle.js";
import { fixture } from "../picture.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";

const bytes = fixture("particles/particles.cs");

test("the rotation vector of a matrix gives the matrix again, half turns and tiny ones among them", () => {
  const angle = fc.oneof(
    fc.double({ min: -360, max: 360, noNaN: true }),
    fc.constantFrom(0, 90, 180, 1e-7, 180 - 1e-7),
  );
  fc.assert(
    fc.property(angle, angle, angle, (rot, tilt, psi) => {
      const matrix = eulerToMatrix({ rot, tilt, psi });
      const vector = matrixToRotationVector(matrix);
      expect(Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))).toBeLessThan(Math.PI + 1e-9);
      expect(rotationVectorToMatrix(vector)).toBeAllclose(matrix, { relative: 0, absolute: 1e-12 });
    }),
    { numRuns: 500, seed: 1 },
  );
});

describe("a file that numpy wrote", () => {
  const { optics, particles } = readParticlesCs(bytes, "particles.cs");

  test("angles, origins and the CTF are RELION's", () => {
    const angles = [
      { rot: 10, tilt: 20, psi: 30 },
      { rot: -120, tilt: 95, psi: 170 },
      { rot: 45, tilt: 0, psi: 0 },
    ];
    for (const [i, expected] of angles.entries()) {
      expect(eulerToMatrix(particles[i]!.angles!)).toBeAllclose(eulerToMatrix(expected), {
        relative: 0,
        absolute: 1e-6,
      });
      expect(particles[i]).toMatchObject({
        origin: { x: 3, y: -6 },
        x: 100,
        y: 150,
        micrograph: "J2/mic.mrc",
      });
    }
    expect(particles[1]!.defocus).toMatchObject({ defocusU: 15001, defocusV: 14000 });
    expect(particles[1]!.defocus!.defocusAngle).toBeCloseTo(35, 4);
    expect(particles[1]!.defocus!.phaseShift).toBeCloseTo(90, 4);
  });

  test("images count from 1, half sets too; optics are grouped", () => {
    expect(particles.map(({ image }) => image)).toEqual(
      [0, 1, 2].map((i) => ({ index: 4 * i + 1, stack: `J1/stack${i}.mrc` })),
    );
    expect(particles.map(({ halfSet, opticsGroup }) => [halfSet, opticsGroup])).toEqual([
      [1, 0],
      [2, 0],
      [1, 1],
    ]);
    expect(optics.map(({ pixelSize, imageSize, voltage }) => [pixelSize, imageSize, voltage])).toEqual([
      [1.5, 64, 300],
      [3, 64, 300],
    ]);
  });

  test("every type of column, 64-bit ones exactly", () => {
    const { columns } = readNpyTable(bytes, "particles.cs");
    expect(columns.get("uid")!.values).toEqual(
      new BigUint64Array([2n ** 63n, 2n ** 63n + 1n, 2n ** 63n + 2n]),
    );
    expect(columns.get("extra/signed")!.values).toEqual(new BigInt64Array([-5n, -5n, -5n]));
    expect(columns.get("extra/flag")!.values).toEqual(new Float64Array([1, 1, 1]));
    expect(columns.get("extra/tetra")).toMatchObject({ shape: [2, 2], dtype: "<f4" });
    expect([...(columns.get("extra/tetra")!.values as Float64Array).subarray(0, 4)]).toEqual([1, 2, 3, 4]);
  });

  test("written again, it is the same", () => {
    const again = readParticlesCs(
      writeParticlesCs({ optics, particles }, () => [200, 400]),
      "again.cs",
    );
    expect(again.particles.length).toBe(3);
    for (const [i, particle] of particles.entries()) {
      const { angles, defocus, ...rest } = again.particles[i]!;
      const { angles: expectedAngles, defocus: expectedDefocus, ...expected } = particle;
      expect(rest).toEqual(expected);
      expect(eulerToMatrix(angles!)).toBeAllclose(eulerToMatrix(expectedAngles!), {
        relative: 0,
        absolute: 1e-6,
      });
      expect(Object.values(defocus!)).toBeAllclose(Object.values(expectedDefocus!), { relative: 1e-6 });
    }
  });

  test("in pieces it is the same file", async () => {
    const places = particles.map(({ image: _image, ...rest }, i) => ({
      ...rest,
      micrograph: `J2/${"m".repeat(i)}.mrc`,
    }));
    const groups = [places.slice(0, 1), [], places.slice(1)].map((each) => ({ optics, particles: each }));
    async function* sets() {
      yield* groups;
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of particlesCsPieces(sets(), () => [200, 400], { total: 3, longestName: 9 }))
      pieces.push(piece);
    expect(pieces).toHaveLength(3);
    expect(Buffer.concat(pieces)).toEqual(
      Buffer.from(writeParticlesCs({ optics, particles: places }, () => [200, 400])),
    );
  });

  test("as a table it is the same after reading and writing", () => {
    const table = readNpyTable(bytes, "particles.cs");
    expect(readNpyTable(writeNpyTable(table), "again.cs").columns).toEqual(
      new Map(
        [...table.columns].map(([name, column]) => [
          name,
          column.dtype === "|S20" ? { ...column, dtype: expect.any(String) } : column,
        ]),
      ),
    );
  });
});

describe("refusals", () => {
  const changed = (from: string, to: string): Uint8Array => {
    const text = new TextDecoder("latin1").decode(bytes);
    const at = text.indexOf(from);
    const copy = bytes.slice();
    copy.set(new TextEncoder().encode(to), at);
    return copy;
  };
  test.each([
    ["another mark", changed("NUMPY", "NUMPX"), "first 6 bytes"],
    ["more rows than data", changed("(3,)", "(4,)"), "file size: found"],
    ["a cut end", bytes.subarray(0, bytes.length - 1), "file size: found"],
    ["a big-endian type", changed("<f4", ">f4"), "blob/psize_A: found numpy type >f4, expected"],
    ["an object", changed("<f4", "|O8"), "blob/psize_A: found numpy type |O8"],
    ["a missing column", changed("blob/psize_A", "blob/psize_B"), 'columns: found "no blob/psize_A"'],
    ["broken brackets", changed("(2,)", "(2,]"), "header, character"],
    ["a name twice", changed("ctf/df1_A", "ctf/df2_A"), 'descr: found "ctf/df2_A"'],
    ["fortran order", changed("False", "True "), "fortran_order: found true"],
  ])("%s", (_name, damaged, message) => {
    expect(() => readParticlesCs(damaged, "a.cs")).toThrow(`a.cs: ${message}`);
  });
  test("values that a type cannot hold", () => {
    const column = (dtype: string, value: number) => ({
      rows: 1,
      columns: new Map([["a", { dtype, shape: [], values: new Float64Array([value]) }]]),
    });
    expect(() => writeNpyTable(column("<u4", -1))).toThrow(
      "a, value 0: found -1, expected a whole number from 0 to 4294967295",
    );
    expect(() => writeNpyTable(column("|S4", 1))).toThrow('a: found "|S4"');
  });
});

const hasNumpy = spawnSync("/usr/bin/python3", ["-c", "import numpy"]).status === 0;
describe.skipIf(!hasNumpy)("numpy reads what is written (needs python3-numpy)", () => {
  test("names, types and values", () => {
    const { optics, particles } = readParticlesCs(bytes, "particles.cs");
    const script = `import sys, json, numpy
a = numpy.load(sys.argv[1])
print(json.dumps([len(a), a["blob/path"][2].decode(), a["blob/idx"].tolist(), a["alignments3D/shift"][0].tolist(), str(a["uid"].dtype), a["ctf/df1_A"].tolist()]))`;
    const found: unknown = JSON.parse(pythonOn(writeParticlesCs({ optics, particles }), "a.npy", script));
    expect(found).toEqual([3, "J1/stack2.mrc", [0, 4, 8], [2, -4], "uint64", [15000, 15001, 15002]]);
  });
});

describe.skipIf(!hasSharedData)("cryoSPARC's own files (needs ../shared/data)", () => {
  test("a refinement: values that numpy shows", () => {
    const { optics, particles } = readParticlesCs(
      sharedBytes("star/cryodrgn_cryosparc_P12_J24_001_particles.cs"),
      "P12.cs",
    );
    expect([particles.length, optics.length, optics[0]!.voltage, optics[0]!.imageSize]).toEqual([
      2019, 1, 200, 180,
    ]);
    expect(particles[0]!.origin!.x).toBeCloseTo(11.334375 * 2.95, 3);
    expect(particles[0]!.defocus!.defocusU).toBeCloseTo(45591.37, 1);
    const matrix = rotationVectorToMatrix([2.3386633, -0.25595567, -1.2236784]);
    const a = eulerToMatrix(particles[0]!.angles!);
    expect([a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]]).toBeAllclose(matrix, {
      relative: 0,
      absolute: 1e-6,
    });
  });
  test("a 2D classification has no angles", () => {
    const { particles } = readParticlesCs(
      sharedBytes("star/cryodrgn_cryosparc_J2_particles_exported.cs"),
      "J2.cs",
    );
    expect(particles).toHaveLength(22);
    expect(particles[0]).toMatchObject({
      image: { index: 1, stack: "J1/imported/000090334788266266069_18jam15b_0345_ali_DW.mrcs" },
    });
    expect(particles[0]!.angles).toBeUndefined();
  });
});

test("columns that numpy left out of a view, but not out of its file, are passed over", () => {
  const whole = writeNpyTable({
    rows: 1,
    columns: new Map([
      ["a", { dtype: "<f4", shape: [], values: Float64Array.of(1) }],
      ["b", { dtype: "<f4", shape: [], values: Float64Array.of(2) }],
    ]),
  });
  const gap = whole.slice();
  const at = Buffer.from(whole).indexOf("('a', '<f4')");
  gap.set(new TextEncoder().encode("('' , '|V4')"), at);
  expect([...readNpyTable(gap, "p.cs").columns]).toMatchObject([["b", { values: Float64Array.of(2) }]]);
});
