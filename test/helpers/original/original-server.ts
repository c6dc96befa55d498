import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { pageRoutes, readOnly, route } from "@crosspod/service";
import { pino } from "pino";
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
  const api = readOnly((_request, response, { query }) => {
    const { id, value } = Object.fromEntries(new URLSearchParams(query));
    for (const client of sockets.clients)
      client.send(`{"id": ${JSON.stringify(id)}, "value": ${JSON.stringify(value)}}`);
    response.end();
  });
  const server = createServer(route({ ...pageRoutes(pageDirectory), "/api": api }, pino({ level: "silent" })));
  const sockets = new WebSocketServer({ server, path: "/ws" });
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
