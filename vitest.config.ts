import { defineConfig } from "vitest/config";
import { librarySources } from "./scripts/library.mjs";
import { SuiteSequencer } from "./test/helpers/runner/suite-sequencer.ts";

/** No module has state that changes: the files of a worker can share them, which saves much time. */
const SHARED = { isolate: false } as const;

/** Of suites that start processes or browsers; like all timeouts, reached only when a test fails. */
const TIMEOUTS = { ...SHARED, testTimeout: 90_000, hookTimeout: 90_000, expect: { poll: { timeout: 30_000 } } };

/** As in the services, so in the tests: the library is what its sources are. */
const FROM_SOURCES = { resolve: { alias: librarySources } };

/** They start what the documents say, in processes. */
const COMMANDS = ["test/docs/commands.test.ts"];

export default defineConfig({
  test: {
    globalSetup: ["test/helpers/runner/build.ts"],
    // Most files wait most of the time, also where there are few cores.
    maxWorkers: 4,
    sequence: { sequencer: SuiteSequencer },
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "apps/*/src/**/*.test.ts",
            "packages/*/src/**/*.test.ts",
            "test/{architecture,contract,docs,fuzz,manifests,pictures,workflows}/**/*.test.ts",
          ],
          exclude: COMMANDS,
          ...SHARED,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 15_000 } },
        },
      },
      // One project, since a worker only goes on with files of its project: it would import everything anew.
      {
        test: { name: "services", include: ["test/{process,cluster,browser}/**/*.test.ts", ...COMMANDS], ...TIMEOUTS },
      },
      // Needs a cluster: `npm run test:cluster-e2e`.
      {
        test: {
          name: "cluster-e2e",
          include: ["test/cluster-e2e/**/*.test.ts"],
          ...TIMEOUTS,
          testTimeout: 300_000,
        },
      },
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
    ].map((project) => ({ ...FROM_SOURCES, ...project })),
  },
});
