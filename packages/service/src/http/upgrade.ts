import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpProblem } from "./problem.ts";

/**
 * Calls `accept` for each WebSocket handshake. What asks to upgrade to something else is answered as if it had not (RFC
 * 9110, section 7.8); what asks while an earlier answer of its connection is under way is cut.
 */
export function onWebSocketHandshake(
  server: Server,
  accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): void {
  const answering = new WeakSet<Duplex>();
  server.prependListener("request", ({ socket }, response) => {
    answering.add(socket);
    response.once("close", () => answering.delete(socket));
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", destroySelf);
    if (answering.has(socket)) socket.destroy();
    else if (request.headers.upgrade?.toLowerCase() === "websocket") accept(request, socket, head);
    else serveWithoutUpgrade(server, request, socket);
  });
}

/** Answers a WebSocket handshake with a problem document, and ends the connection. */
export function refuseHandshake(socket: Duplex, { problem, headers }: HttpProblem): void {
  const body = JSON.stringify(problem);
  const head = {
    ...headers,
    "Cache-Control": "no-store",
    Connection: "close",
    "Content-Length": Buffer.byteLength(body),
    "Content-Type": "application/problem+json",
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  endAndDestroy(socket, `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join("")}\r\n${body}`);
}

function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
  response.on("finish", () => endAndDestroy(socket));
  server.emit("request", request, response);
}

/** A socket that asked for an upgrade and got none is not read, so its end would never be seen and it would stay. */
function endAndDestroy(socket: Duplex, last = ""): void {
  socket.end(last, () => socket.destroy());
}

/** Shared by all sockets: a closure beside the handshake would keep its request for as long as the client stays. */
function destroySelf(this: Duplex): void {
  this.destroy();
}
