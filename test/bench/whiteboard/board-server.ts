import { nodeServer, SERVICE_ENVIRONMENT } from "../node-server.ts";
import type { Launch } from "../server-process.ts";

/** What is measured is the whiteboard; beside it its last release, and the relay of the original example. */
export type BoardServerName = "whiteboard" | "last release" | "relay";

const SETTINGS = { ...SERVICE_ENVIRONMENT, LOG_LEVEL: "info" };

/** How each is started. */
export const boardServers: Readonly<Record<BoardServerName, Launch>> = {
  whiteboard: nodeServer("whiteboard.js", SETTINGS),
  "last release": nodeServer("last-release/server/main.js", SETTINGS),
  relay: nodeServer("relay.js", {}),
};
