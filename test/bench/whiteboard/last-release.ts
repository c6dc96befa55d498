import type { ReleasedClient } from "../../helpers/board/last-release.ts";
import { built } from "../node-server.ts";

/** The client of the last release, and its codecs: its players speak its protocol, whatever today's has become. */
export const lastRelease: ReleasedClient = await import(`${built}last-release/client.js`);
