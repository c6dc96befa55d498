import { fileURLToPath } from "node:url";
import { configOrExit, createLog, runService } from "@crosspod/service";
import manifest from "../../package.json" with { type: "json" };
import { createBroadcaster } from "./broadcaster.ts";
import { parseConfig } from "./config.ts";
import { createFeedStore } from "./create-feed-store.ts";

const config = configOrExit(() => parseConfig(process.env), process);
const log = createLog("broadcaster", config, { pretty: process.stdout.isTTY });
const broadcaster = createBroadcaster(config, {
  log,
  createFeedStore: (metrics) => createFeedStore(config, log, metrics),
  pageDirectory: fileURLToPath(new URL("./client/", import.meta.url)),
  packageVersion: manifest.version,
});
await runService(broadcaster, log, process);
