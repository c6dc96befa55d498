import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The apps that have a server, by name: what `npm start` starts. */
export const services = readdirSync(`${root}/apps`).filter((app) =>
  existsSync(`${root}/apps/${app}/src/server/main.ts`),
);
