import { defineConfig } from "vitest/config";

// CI asks for a machine-readable report beside the readable one.
const report = process.env["CRYOGEM_TEST_REPORT"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/helpers/setup/software-gpu.ts"],
    setupFiles: ["test/helpers/setup/allclose.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    poolOptions: { forks: { maxForks: 2 } },
    reporters: ["default", "./test/helpers/setup/skipped-reporter.ts", ...(report ? ["json"] : [])],
    ...(report ? { outputFile: { json: report } } : {}),
  },
});
