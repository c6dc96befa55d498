import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { servePage } from "@crosspod/service";
import express from "express";
import { WebSocketServer } from "ws";

/** A stand-in of the original example's server. Disposing of it frees its port. */
export interface OriginalServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Starts a server that speaks as the original example's does, with a page of ours at `/`. `GET /api` answers with an
 * empty body; a client at `/ws` is sent updates like `{"id": "8", "value": "300"}`: no hello, and no snapshot.
 */
export async function startOriginalServer(pageDirectory: string): Promise<OriginalServer> {
  const app = express();
  const server = createServer(app);
  const sockets = new WebSocketServer({ server, path: "/ws" });
  app.get("/api", ({ query }, response) => {
    const message = `{"id": ${JSON.stringify(query.id)}, "value": ${JSON.stringify(query.value)}}`;
    for (const client of sockets.clients) client.send(message);
    response.end();
  });
  app.use(servePage(pageDirectory));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}
