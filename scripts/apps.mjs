import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The apps that have a file of this name. @param {string} file */
const appsWith = (file) => readdirSync(`${root}/apps`).filter((app) => existsSync(`${root}/apps/${app}/${file}`));

/** The apps that have a server, by name: what `npm start` starts. */
export const services = appsWith("src/server/main.ts");

/** The apps that are a command, by name: no server, no page. */
export const commands = appsWith("src/main.ts");
