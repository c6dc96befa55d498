import { defineConfig } from "vitest/config";
import { AlternatingSequencer } from "./test/helpers/alternating-sequencer.ts";

/** Of suites that start processes or browsers. */
const TIMEOUTS = { testTimeout: 30_000, hookTimeout: 30_000, expect: { poll: { timeout: 15_000 } } };

export default defineConfig({
  test: {
    globalSetup: ["test/helpers/build.ts"],
    // Most files wait most of the time, also where there are few cores.
    maxWorkers: 2,
    sequence: { sequencer: AlternatingSequencer },
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "apps/*/src/**/*.test.ts",
            "packages/*/src/**/*.test.ts",
            "test/{architecture,contract,fuzz,manifests,pictures}/**/*.test.ts",
          ],
          // Reached only when a test fails.
          expect: { poll: { timeout: 5_000 } },
        },
      },
      { test: { name: "process", include: ["test/process/**/*.test.ts"], ...TIMEOUTS } },
      { test: { name: "cluster", include: ["test/cluster/**/*.test.ts"], ...TIMEOUTS } },
      // Needs a cluster: `npm run test:cluster-e2e`.
      {
        test: {
          name: "cluster-e2e",
          include: ["test/cluster-e2e/**/*.test.ts"],
          ...TIMEOUTS,
          testTimeout: 300_000,
        },
      },
      { test: { name: "browser", include: ["test/browser/**/*.test.ts"], ...TIMEOUTS } },
      // Makes the pictures of docs/: `npm run picture`.
      { test: { name: "picture", include: ["test/pictures/**/*.picture.ts"], ...TIMEOUTS } },
      // Needs the program of a mesh, and has one for all files: `npm run test:mesh`.
      {
        test: {
          name: "mesh",
          include: ["test/mesh/**/*.test.ts"],
          globalSetup: ["test/mesh/setup.ts"],
          ...TIMEOUTS,
        },
      },
    ],
  },
});
