import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The apps that have a server, by name: what `npm start` starts. */
export const services = readdirSync(`${root}/apps`).filter((app) =>
  existsSync(`${root}/apps/${app}/src/server/main.ts`),
);
