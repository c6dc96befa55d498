import { fileURLToPath } from "node:url";
import { createLog, type Environment, type Log, type Service } from "@crosspod/service";
import { aloneWith, createBackend } from "../../../apps/whiteboard/src/server/backend.ts";
import { parseConfig } from "../../../apps/whiteboard/src/server/config.ts";
import type { BoardStore } from "../../../apps/whiteboard/src/server/store/board-store.ts";
import { MemoryBoardStore } from "../../../apps/whiteboard/src/server/store/memory-board-store.ts";
import { createWhiteboard } from "../../../apps/whiteboard/src/server/whiteboard.ts";
import { IN_PROCESS } from "../service/in-process.ts";

const directory = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Where the whiteboard's built page is. */
export const whiteboardPageDirectory = directory("apps/whiteboard/dist/client/");

/** A whiteboard that listens in this process. Disposing of it frees its ports; its store is kept. */
export interface RunningWhiteboard extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly adminUrl: string;
  readonly service: Service;
  readonly store: BoardStore;
}

/** What else a whiteboard can be started with. */
export interface WhiteboardParts {
  readonly store?: BoardStore;
  /** Of the built page, unless another is given. */
  readonly pageDirectory?: string;
  readonly log?: Log;
}

/**
 * Starts one on a free port of this machine, or on `PORT` of the environment; on a new store in memory unless it is
 * given another one, or a `REDIS_URL`.
 */
export async function startWhiteboard(
  environment: Environment = {},
  parts: WhiteboardParts = {},
): Promise<RunningWhiteboard> {
  const config = parseConfig({ ...IN_PROCESS, ...environment });
  const log = parts.log ?? createLog("whiteboard", config, { pretty: false });
  let backend = aloneWith(parts.store ?? new MemoryBoardStore(config));
  const service = createWhiteboard(config, {
    log,
    createBackend: (metrics) => {
      if (config.redis) backend = createBackend(config, log, metrics);
      return backend;
    },
    pageDirectory: parts.pageDirectory ?? whiteboardPageDirectory,
    socketClientDirectory: directory("node_modules/socket.io/client-dist/"),
    packageVersion: "0.0.0",
  });
  const { port, adminPort } = await service.listen();
  return {
    service,
    store: backend.store,
    adminUrl: `http://127.0.0.1:${adminPort}/`,
    url: `http://127.0.0.1:${port}/`,
    port,
    async [Symbol.asyncDispose]() {
      await service.close();
    },
  };
}
