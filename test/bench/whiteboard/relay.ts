// The original example's server: a relay that sends what one client draws to all the others, and keeps nothing.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { Server } from "socket.io";

const server = createServer(express());
const io = new Server(server, { serveClient: false });

io.on("connection", (socket) => {
  socket.on("drawing", (data: unknown) => socket.broadcast.emit("drawing", data));
});

server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});
