import { defineConfig } from "vitest/config";
import { root } from "../../scripts/apps.mjs";
import { librarySources } from "../../scripts/library.mjs";
import { NearestFirst } from "./nearest-first.ts";

/** Stryker's copy shares its node_modules with the checkout; the packages of ours must be those of the copy. */
const PACKAGES = Object.fromEntries(
  ["page", "protocol", "redis", "service"].map((name) => [
    `@crosspod/${name}`,
    `${root}/packages/${name}/src/index.ts`,
  ]),
);

/** Runs the suites that are named in MUTATION_SUITES, as a JSON array of patterns. */
export default defineConfig({
  resolve: { alias: { ...librarySources, ...PACKAGES } },
  test: {
    include: JSON.parse(process.env.MUTATION_SUITES ?? "[]"),
    setupFiles: `${root}/test/mutation/setup.ts`,
    sequence: { sequencer: NearestFirst },
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
