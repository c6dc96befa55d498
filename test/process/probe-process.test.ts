import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { root } from "../../scripts/apps.mjs";
import { within } from "../helpers/deadline.ts";

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** Answers everything that connects in its own way. */
async function startServer(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    answer(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  cleanUps.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

/** Takes every WebSocket, and ends it at once. */
async function startEndingServer(): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" }).on("connection", (ws) => ws.terminate());
  cleanUps.push(() => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

/** Starts the built command; `lines` is how many of its lines are read before its output is closed. */
async function run(args: readonly string[], lines = Number.POSITIVE_INFINITY) {
  const command = spawn(process.execPath, [`${root}/apps/probe/bin/crosspod.mjs`, ...args]);
  cleanUps.push(() => command.kill("SIGKILL"));
  let out = "";
  let errors = "";
  command.stdout.on("data", (data) => {
    out += data;
    if (out.split("\n").length > lines) command.stdout.destroy();
  });
  command.stderr.on("data", (data) => {
    errors += data;
  });
  const [exitCode] = await within(once(command, "close"), "the end of the command", 20_000);
  return { exitCode, out, errors };
}

/** Writes without an end, as fast as it is read. */
function pump(socket: Socket, chunk: string): void {
  const go = (): void => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on("drain", go);
  go();
}

describe("the process of crosspod verify", () => {
  test.each<[string, (socket: Socket) => void, string]>([
    ["never answers", () => {}, "no answer within 1 s"],
    ["cuts every connection", (socket) => socket.resetAndDestroy(), "not reachable: ECONNRESET"],
    ["speaks something else", (socket) => socket.end("SSH-2.0-Other\r\n"), "does not speak HTTP as it should"],
    [
      "switches protocols unasked",
      (socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"),
      "a plain request was answered with 101",
    ],
    [
      "never ends its answer",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        pump(socket, "x".repeat(65_536));
      },
      "an answer of more than 16 MiB",
    ],
    [
      "sends everybody elsewhere",
      (socket) => socket.end("HTTP/1.1 301 Moved\r\nLocation: https://other.example.com/page\r\n\r\n"),
      "give that address: https://other.example.com/",
    ],
  ])("a server that %s fails a check", async (_, answer, why) => {
    const url = await startServer(answer);
    const { exitCode, out, errors } = await run(["verify", url, "--timeout", "1s"]);
    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: "" });
    expect(out).toContain(why);
  });

  test("goes on to its end, and says so, when every WebSocket is ended at once", async () => {
    const url = await startEndingServer();
    const { exitCode, out } = await run(["verify", "broadcaster", url, "--timeout", "1s"]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/✗ upgrade .* ended at once/);
    expect(out).toMatch(/checks? holds?, \d+ fail/);
  });

  test("ends without a stack trace when nobody reads what it says", async () => {
    const url = await startEndingServer();
    const { exitCode, errors } = await run(["verify", "broadcaster", url, "--timeout", "1s"], 1);
    expect({ exitCode, errors }).toEqual({ exitCode: 130, errors: "ended before it was done\n" });
  });
});
