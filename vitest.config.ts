import { defineConfig } from "vitest/config";

/** Suites that start the built services or open their pages. */
const BUILT = { globalSetup: ["test/helpers/build.ts"], testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["apps/*/src/**/*.test.ts", "packages/*/src/**/*.test.ts", "test/contract/**/*.test.ts"],
        },
      },
      { test: { name: "process", include: ["test/process/**/*.test.ts"], ...BUILT } },
      { test: { name: "browser", include: ["test/browser/**/*.test.ts"], fileParallelism: false, ...BUILT } },
    ],
  },
});
