// The usual loop: express for the API, ws for the clients, and a send to each of them.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { WebSocket, WebSocketServer } from "ws";

/** As long as the broadcaster's: a publisher may wait while a busy machine delivers the last burst. */
const KEEP_ALIVE_MS = 75_000;

let revision = 0;
const app = express();
const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, app);
const clients = new WebSocketServer({ server, path: "/ws" });

app.get("/api", (request, response) => {
  revision += 1;
  const { id, value } = request.query;
  const message = JSON.stringify({ id, value, revision, at: Date.now() });
  for (const client of clients.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(message);
  }
  response.json({ revision });
});

server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});
