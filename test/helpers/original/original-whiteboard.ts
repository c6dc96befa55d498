import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pageRoutes, route } from "@crosspod/service";
import { pino } from "pino";
import { Server } from "socket.io";

/** A stand-in of the original example's whiteboard. Disposing of it frees its port. */
export interface OriginalWhiteboard extends AsyncDisposable {
  readonly url: string;
}

/**
 * Starts a server that speaks as the original example's does, with a page of ours at `/`: sends each `drawing` on to
 * everyone else, and keeps nothing.
 */
export async function startOriginalWhiteboard(pageDirectory: string): Promise<OriginalWhiteboard> {
  const server = createServer(route(pageRoutes(pageDirectory), pino({ level: "silent" })));
  const io = new Server(server);
  io.on("connection", (socket) => {
    socket.on("drawing", (drawing: unknown) => socket.broadcast.emit("drawing", drawing));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      await io.close();
    },
  };
}
