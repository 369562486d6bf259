import { expect, test } from "vitest";
import { nextSteps } from "../../src/report/project.js";

type Run = Parameters<typeof nextSteps>[0];

/** A run up to its picks, of particles of 135 angstrom at 1.5 angstrom. */
function run(ctf?: string): Run {
  const stages = [{ stage: { name: "pick-run" } }];
  const settings = { pixelSize: 1.5, particleDiameter: 135, model: "a.pdb" };
  const project = { folder: "project", path: "project/project.yaml", settings };
  const data = { learned: ["a", "b"], structure: "project/a.pdb", ...(ctf !== undefined && { ctf }) };
  return { project, data, stages } as unknown as Run;
}

test("picks are cut out with CTFs, which a refinement needs: those of the project, or a table that is to be named", () => {
  const lines = (steps: ReturnType<typeof nextSteps>) => steps.map(({ line }) => line);
  const given = nextSteps(run("CtfFind/job003/micrographs_ctf.star"));
  expect(lines(given)).toContain(
    "cryogem extract --particles project/picks/picks.star --ctf CtfFind/job003/micrographs_ctf.star --box 136 " +
      "--normalise --out project/particles/stack.mrcs",
  );
  const text = given.map((step) => step.text).join("\n");
  expect(text).toContain("`project/picks/picks.star` as refined particles to re-extract");
  expect(text).not.toContain("CTFS");
  const fitted = nextSteps(run());
  expect(lines(fitted).some((line) => line?.includes("--ctf CTFS --box 136"))).toBe(true);
  expect(fitted.map((step) => step.text).join("\n")).toContain("CTFS is the table of RELION");
});
