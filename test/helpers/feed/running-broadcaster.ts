import { fileURLToPath } from "node:url";
import { createLog, type Environment, type Service } from "@crosspod/service";
import { createBroadcaster } from "../../../apps/broadcaster/src/server/broadcaster.ts";
import { parseConfig } from "../../../apps/broadcaster/src/server/config.ts";
import type { FeedStore } from "../../../apps/broadcaster/src/server/store/feed-store.ts";
import { MemoryFeedStore } from "../../../apps/broadcaster/src/server/store/memory-feed-store.ts";
import { IN_PROCESS } from "../service/in-process.ts";

/** Where the broadcaster's built page is. */
export const pageDirectory = fileURLToPath(new URL("../../../apps/broadcaster/dist/client/", import.meta.url));

/** A broadcaster that listens in this process, with its own new data set. Disposing of it frees its ports. */
export interface RunningBroadcaster extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly adminUrl: string;
  readonly service: Service;
}

/** Starts one on a free port, or on `PORT` of the environment, with a store in memory unless it is given another. */
export async function startBroadcaster(environment: Environment = {}, store?: FeedStore): Promise<RunningBroadcaster> {
  const config = parseConfig({ ...IN_PROCESS, ...environment });
  const broadcaster = createBroadcaster(config, {
    log: createLog("broadcaster", config, { pretty: false }),
    createFeedStore: () => store ?? new MemoryFeedStore(config),
    pageDirectory,
    packageVersion: "0.0.0",
  });
  const { port, adminPort } = await broadcaster.listen();
  return {
    service: broadcaster,
    adminUrl: `http://127.0.0.1:${adminPort}/`,
    url: `http://127.0.0.1:${port}/`,
    port,
    async [Symbol.asyncDispose]() {
      await broadcaster.close();
    },
  };
}
