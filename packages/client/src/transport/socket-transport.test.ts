import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { BOARD_CLIENT_QUERY, BoardEvent } from "@crosspod/protocol";
import { Server, type Socket } from "socket.io";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BoardTransport } from "./board-transport.ts";
import { connectSocket } from "./socket-transport.ts";

const WAIT = { timeout: 30_000 };

let http: HttpServer;
let io: Server;
let sockets: Socket[];
let transport: BoardTransport | undefined;

const url = (): string => `http://127.0.0.1:${(http.address() as AddressInfo).port}/b/plans`;

async function serve(options: ConstructorParameters<typeof Server>[1] = {}): Promise<void> {
  http = createServer();
  io = new Server(http, options);
  sockets = [];
  io.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("echo", (value: unknown, reply: (value: unknown) => void) => reply(value));
  });
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
}

function connect() {
  const connected = vi.fn();
  const disconnected = vi.fn();
  const opened = connectSocket(url());
  opened.onConnect(connected);
  opened.onDisconnect(disconnected);
  opened.open();
  transport = opened;
  return { transport: opened, connected, disconnected };
}

beforeEach(() => serve());

afterEach(async () => {
  transport?.close();
  await io.close();
  vi.useRealTimers();
});

describe("the connection over socket.io", () => {
  test("[W1] [W12] is one by WebSocket to the root of the service, and says that it is none of the original example", async () => {
    const { transport: opened, connected } = connect();
    await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
    expect(sockets[0]?.conn.transport.name).toBe("websocket");
    expect(sockets[0]?.handshake.query).toMatchObject(BOARD_CLIENT_QUERY);
    expect(opened.id).toBe(sockets[0]?.id);
    expect(await opened.request("echo", "hello")).toBe("hello");
  });

  test("[W1] is one by long polling where no WebSocket gets through", async () => {
    await io.close();
    await serve({ transports: ["polling"] });
    const { transport: opened, connected } = connect();
    await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
    expect(sockets[0]?.conn.transport.name).toBe("polling");
    expect(await opened.request("echo", 1)).toBe(1);
  });

  test.each(["broke", "was ended by the service"])(
    "comes back when it %s; what had no reply is rejected",
    async (how) => {
      const { transport: opened, connected, disconnected } = connect();
      await vi.waitFor(() => expect(sockets).toHaveLength(1), WAIT);
      await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
      const request = opened.request("nobody answers this");
      const rejected = expect(request).rejects.toThrow();
      if (how === "broke") sockets[0]?.conn.close();
      else sockets[0]?.disconnect(true);
      await rejected;
      await vi.waitFor(() => expect(disconnected).toHaveBeenCalledOnce(), WAIT);
      await vi.waitFor(() => expect(connected).toHaveBeenCalledTimes(2), WAIT);
      expect(await opened.request("echo", 2)).toBe(2);
    },
  );

  test.each([
    { event: BoardEvent.alive, deadline: 10_000 },
    { event: BoardEvent.join, deadline: 40_000 },
  ])(
    "waits $deadline ms for the reply to $event: a whole board takes its time on a slow link",
    async ({ event, deadline }) => {
      await io.close();
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      // Nothing but the deadline may end the wait.
      await serve({ pingInterval: 1_000_000 });
      const { transport: opened, connected } = connect();
      await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
      const ended = vi.fn();
      opened.request(event).catch(ended);
      await vi.advanceTimersByTimeAsync(deadline - 1);
      expect(ended).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(ended).toHaveBeenCalledOnce();
    },
  );

  test("refuses to ask while there is none", async () => {
    const { transport: opened } = connect();
    await expect(opened.request("echo", 1)).rejects.toThrow("there is no connection");
  });

  test("brings what the service sends, and takes what needs no reply", async () => {
    const { transport: opened, connected } = connect();
    const heard = vi.fn();
    opened.on("c", heard);
    await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
    const received = vi.fn();
    sockets[0]?.on("c", received);
    opened.emitVolatile("c", 1, 2);
    await vi.waitFor(() => expect(received).toHaveBeenCalledWith(1, 2), WAIT);
    sockets[0]?.emit("c", "me 1 2");
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith("me 1 2"), WAIT);
  });

  test("[W6] brings what is emitted in order, and keeps nothing of it for the next connection", async () => {
    const { transport: opened, connected } = connect();
    opened.emit("o", "before there is one");
    await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
    const received: unknown[] = [];
    sockets[0]?.on("o", (value: unknown) => received.push(value));
    for (let time = 0; time < 100; time += 1) opened.emit("o", time);
    expect(await opened.request("echo", 1)).toBe(1);
    expect(received).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  test("hears of events and replies", async () => {
    const { transport: opened, connected } = connect();
    await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
    const heard = vi.fn();
    opened.onHeard(heard);
    await opened.request("echo", 1);
    expect(heard).toHaveBeenCalledTimes(1);
    sockets[0]?.emit("whatever");
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2), WAIT);
  });

  test("hears of pings", async () => {
    await io.close();
    await serve({ pingInterval: 50 });
    const { transport: opened, connected } = connect();
    await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
    const heard = vi.fn();
    opened.onHeard(heard);
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2), WAIT);
  });

  test("is another one when it is told to reconnect", async () => {
    const { transport: opened, connected, disconnected } = connect();
    await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
    const { id } = opened;
    opened.reconnect();
    expect(disconnected).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(connected).toHaveBeenCalledTimes(2), WAIT);
    expect(opened.id).not.toBe(id);
  });

  test("does not wait for the end of a pause when it is told to reconnect now", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const opened = connectSocket(url());
    transport = opened;
    opened.open();
    const connected = (): Promise<void> => new Promise((resolve) => opened.onConnect(resolve));
    opened.reconnectNow();
    await connected();
    const lost = new Promise((resolve) => opened.onDisconnect(resolve));
    sockets[0]?.conn.close();
    await lost;
    opened.reconnectNow();
    await connected();
    opened.reconnectNow();
    expect(sockets).toHaveLength(2);
  });

  test("stays closed", async () => {
    const { transport: opened, connected, disconnected } = connect();
    await vi.waitFor(() => expect(connected).toHaveBeenCalledOnce(), WAIT);
    const gone = new Promise((resolve) => sockets[0]?.on("disconnect", resolve));
    opened.close();
    await gone;
    expect(disconnected).not.toHaveBeenCalled();
    expect(opened.id).toBeUndefined();
  });
});
