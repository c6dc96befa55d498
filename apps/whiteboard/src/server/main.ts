import { fileURLToPath } from "node:url";
import { configOrExit, createLog, runService } from "@crosspod/service";
import manifest from "../../package.json" with { type: "json" };
import { createBackend } from "./backend.ts";
import { parseConfig } from "./config.ts";
import { createWhiteboard } from "./whiteboard.ts";

const config = configOrExit(() => parseConfig(process.env), process);
const log = createLog("whiteboard", config, { pretty: process.stdout.isTTY });
const directory = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const whiteboard = createWhiteboard(config, {
  log,
  createBackend: (metrics) => createBackend(config, log, metrics),
  pageDirectory: directory("./client/"),
  socketClientDirectory: directory("./socket.io/"),
  packageVersion: manifest.version,
});
await runService(whiteboard, log, process);
