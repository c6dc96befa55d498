import { configuration } from "./configuration.ts";
import { errors } from "./errors.ts";
import { metrics } from "./metrics.ts";

/** The generated files of docs/reference, by their paths in the repository. */
export const reference = async (): Promise<Record<string, string>> => ({
  "docs/reference/configuration.md": configuration(),
  "docs/reference/errors.md": errors(),
  "docs/reference/metrics.md": await metrics(),
});
