import { nodeServer, SERVICE_ENVIRONMENT } from "../node-server.ts";
import type { Launch } from "../server-process.ts";

/** What is measured is the whiteboard; the relay is what the original example does. */
export type BoardServerName = "whiteboard" | "relay";

/** How each is started. */
export const boardServers: Readonly<Record<BoardServerName, Launch>> = {
  whiteboard: nodeServer("whiteboard.js", { ...SERVICE_ENVIRONMENT, LOG_LEVEL: "info" }),
  relay: nodeServer("relay.js", {}),
};
