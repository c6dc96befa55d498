import { fileURLToPath } from "node:url";
import type { Launch } from "./server-process.ts";

/** Where the bundled bench and its servers are. */
export const built = fileURLToPath(new URL(".", import.meta.url));

/** Starts one of the bundled servers so that its garbage can be collected. */
export const nodeServer = (file: string, environment: Readonly<Record<string, string>>): Launch => ({
  command: [process.execPath, "--expose-gc", "--import", `${built}garbage-collection.js`, built + file],
  environment: { NODE_ENV: "production", ...environment },
  hasGarbage: true,
});

/** The environment of a service of ours: on loopback, at any free port. */
export const SERVICE_ENVIRONMENT = { HOST: "127.0.0.1", PORT: "0", ADMIN_PORT: "0" } as const;
