import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { FEED_PATH, STATE_REQUEST } from "@crosspod/protocol";
import request from "supertest";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { within } from "../../../../../test/helpers/deadline.ts";
import { FeedSocket } from "../../../../../test/helpers/feed/feed-socket.ts";
import { HANDSHAKE, LeanClient } from "../../../../../test/helpers/feed/lean-client.ts";
import { publish, publishAll } from "../../../../../test/helpers/feed/publisher.ts";
import { type RunningBroadcaster, startBroadcaster } from "../../../../../test/helpers/feed/running-broadcaster.ts";
import { exchange } from "../../../../../test/helpers/network/raw-http.ts";

const open: (Disposable | RunningBroadcaster)[] = [];

async function start(environment: Record<string, string> = {}): Promise<RunningBroadcaster> {
  const broadcaster = await startBroadcaster(environment);
  open.unshift(broadcaster);
  return broadcaster;
}

async function join(broadcaster: RunningBroadcaster, query = ""): Promise<FeedSocket> {
  const client = await FeedSocket.open(broadcaster.url, query);
  open.push(client);
  return client;
}

/** A client that shakes hands and then reads nothing. */
async function joinFrozen({ port }: RunningBroadcaster): Promise<LeanClient> {
  const client = await LeanClient.open(port);
  open.push(client);
  client.freeze();
  return client;
}

const metric = async ({ adminUrl }: RunningBroadcaster, name: string): Promise<number> => {
  const { text } = await request(new URL(adminUrl).origin).get("/metrics");
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
};

/** Enough to fill the buffers of any socket of this machine, for one id after the other. */
async function flood({ url }: RunningBroadcaster, rounds: number): Promise<void> {
  for (let round = 1; round <= rounds; round += 1) {
    await publishAll(
      url,
      Array.from({ length: 1_000 }, (_, id) => ({ id: `${id}`, value: `${round}`.padStart(250, "0") })),
    );
  }
}

afterEach(async () => {
  for (const resource of open.splice(0).reverse()) {
    if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
    else resource[Symbol.dispose]();
  }
});

/** Sends bytes on a connection whose own side stays open whatever the other side does, then cuts it or leaves it. */
async function sendHalfOpen({ port }: RunningBroadcaster, bytes: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  open.push({ [Symbol.dispose]: () => socket.destroy() });
  await once(socket, "connect");
  socket.write(bytes);
  return socket;
}

const H2C = "Connection: Upgrade\r\nUpgrade: h2c\r\n";

describe("the feed", () => {
  test("[B4] [B5] sends every client every update, both fields as strings, in one order", async () => {
    const broadcaster = await start();
    const clients = await Promise.all(Array.from({ length: 5 }, () => join(broadcaster)));
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let count = 0; count < 25; count += 1) await publish(broadcaster.url, `${writer}`, `${count}`);
    });
    await Promise.all(writers);
    for (const client of clients) {
      await client.until("the last revision", ({ revision }) => revision === 100);
      expect(client.received).toEqual(clients[0]?.received);
      expect(client.received.map(({ revision }) => revision)).toEqual(
        Array.from({ length: 100 }, (_, index) => index + 1),
      );
      expect(client.received[0]).toEqual({ id: expect.any(String), value: "0", revision: 1, at: expect.any(Number) });
    }
  });

  test("[B6] [B7] a late joiner gets the newest value of each id, and nothing that it did not ask for", async () => {
    const broadcaster = await start();
    await publish(broadcaster.url, "8", "300");
    await publish(broadcaster.url, "5", "600");
    await publish(broadcaster.url, "8", "301");
    const client = await join(broadcaster);
    await client.untilValue("8", "301");
    expect(client.received.map(({ id, value }) => [id, value])).toEqual([
      ["5", "600"],
      ["8", "301"],
    ]);
  });

  test("[B7] a client that asks gets hello first, and no subprotocol", async () => {
    const broadcaster = await start({ VERSION: "1.2.3" });
    await publish(broadcaster.url, "8", "300");
    const client = await join(broadcaster, "hello=1");
    await client.untilValue("8", "300");
    expect(client.ws.protocol).toBe("");
    expect(client.received[0]).toEqual({
      type: "hello",
      protocol: 1,
      pod: "pod-a",
      version: "1.2.3",
      epoch: expect.stringMatching(/./),
      revision: 1,
      state: "live",
      heartbeatSeconds: 10,
    });
  });

  test("[B8] says its state as often as it promised, to those who asked", async () => {
    const broadcaster = await start({ HEARTBEAT_SECONDS: "1" });
    const plain = await join(broadcaster);
    const client = await join(broadcaster, "hello=1");
    await publish(broadcaster.url, "8", "300");
    const state = await client.until("state", ({ type }) => type === "state");
    expect(state).toEqual({ type: "state", state: "live", revision: 1 });
    expect(plain.received.map(({ id }) => id)).toEqual(["8"]);
  });

  test("[B8] says its state when it is asked, to who asks and may hear it", async () => {
    const broadcaster = await start();
    const [plain, client, other] = [
      await join(broadcaster),
      await join(broadcaster, "hello=1"),
      await join(broadcaster, "hello=1"),
    ];
    for (const { ws } of [plain, client]) ws.send(STATE_REQUEST);
    const state = await client.until("state", ({ type }) => type === "state");
    expect(state).toEqual({ type: "state", state: "live", revision: 0 });
    await publish(broadcaster.url, "8", "300");
    for (const one of [plain, other]) await one.untilValue("8", "300");
    expect([plain, other].flatMap(({ received }) => received.map(({ type }) => type))).toEqual([
      undefined,
      "hello",
      undefined,
    ]);
  });

  test("[B9] a client that comes back gets only what it has not seen", async () => {
    const broadcaster = await start();
    await publish(broadcaster.url, "1", "a");
    const first = await join(broadcaster, "hello=1");
    const { epoch } = await first.until("hello", ({ type }) => type === "hello");
    await publish(broadcaster.url, "2", "b");
    const again = await join(broadcaster, `hello=1&epoch=${epoch}&after=1`);
    await again.untilValue("2", "b");
    expect(again.updates.map(({ id }) => id)).toEqual(["2"]);
  });

  test.each([
    "epoch=other&after=1",
    "epoch=EPOCH&after=99",
    "epoch=EPOCH&after=-1",
    "epoch=EPOCH&after=0x2",
    "epoch=EPOCH&after=1e0",
    "after=1",
  ])("[B9] with %s the snapshot is whole", async (query) => {
    const broadcaster = await start();
    for (const id of ["1", "2", "3"]) await publish(broadcaster.url, id, "a");
    const first = await join(broadcaster, "hello=1");
    const { epoch } = await first.until("hello", ({ type }) => type === "hello");
    const again = await join(broadcaster, query.replace("EPOCH", `${epoch}`));
    await again.untilValue("3", "a");
    expect(again.updates.map(({ id }) => id)).toEqual(["1", "2", "3"]);
  });

  test("[B10] a client that reads nothing is closed in the end, with a code that says why, and is counted", async () => {
    const broadcaster = await start({ SLOW_CONSUMER_SECONDS: "2" });
    const client = await join(broadcaster);
    client.ws.pause();
    const lagging = () => metric(broadcaster, "crosspod_feed_clients_lagging");
    const flooded = flood(broadcaster, 40);
    await expect.poll(lagging).toBe(1);
    await flooded;
    await expect.poll(lagging).toBe(0);
    client.ws.resume();
    expect(await client.closed).toEqual([4008, "the socket stayed full for too long; read faster"]);
    await expect.poll(() => metric(broadcaster, 'crosspod_feed_clients_closed_total{reason="slow-consumer"}')).toBe(1);
  });

  test("[B10] a client that stops for a while gets the newest value of each id when it reads again", async () => {
    const broadcaster = await start();
    const client = await join(broadcaster);
    client.ws.pause();
    await flood(broadcaster, 40);
    client.ws.resume();
    await client.untilValue("999", "40".padStart(250, "0"));
    const newest = new Map(client.updates.map(({ id, value }) => [id, value]));
    expect(new Set(newest.values())).toEqual(new Set(["40".padStart(250, "0")]));
    const revisions = client.updates.map(({ revision }) => revision as number);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(revisions.length).toBeLessThan(40_000);
    expect(await metric(broadcaster, "crosspod_feed_conflated_updates_total")).toBe(40_000 - revisions.length);
  });

  test("[B11] never agrees on compression", async () => {
    const broadcaster = await start();
    const client = await join(broadcaster);
    expect(client.ws.extensions).toBe("");
  });

  test("[B12] a client that does not answer pings is cut, one that does is not", async () => {
    const broadcaster = await start({ PING_SECONDS: "1" });
    const alive = await join(broadcaster);
    const frozen = await joinFrozen(broadcaster);
    frozen.socket.resume();
    await within(once(frozen.socket, "close"), "the end of the silent connection");
    expect(await metric(broadcaster, 'crosspod_feed_clients_closed_total{reason="ping-timeout"}')).toBe(1);
    expect(alive.ws.readyState).toBe(WebSocket.OPEN);
  });

  test("[A6] one client too many is refused, and nobody else notices", async () => {
    const broadcaster = await start({ MAX_CONNECTIONS: "2" });
    const clients = [await join(broadcaster), await join(broadcaster)];
    await expect(join(broadcaster)).rejects.toThrow("503");
    const refusal = (await exchange(broadcaster.port, HANDSHAKE)).toString();
    expect(refusal).toMatch(/^HTTP\/1.1 503 /);
    expect(refusal).toContain("Retry-After: 5");
    await publish(broadcaster.url, "8", "300");
    for (const client of clients) await client.untilValue("8", "300");
    clients[0]?.ws.close();
    await clients[0]?.closed;
    await expect.poll(() => join(broadcaster).then(() => "joined", String)).toBe("joined");
  });

  test("[A5] a page of another origin is refused where origins are listed", async () => {
    const { url } = await start({ ALLOWED_ORIGINS: "https://a.example" });
    await expect(FeedSocket.open(url, "", { origin: "https://b.example" })).rejects.toThrow("403");
    using listed = await FeedSocket.open(url, "", { origin: "https://a.example" });
    using own = await FeedSocket.open(url, "", { origin: new URL(url).origin });
    expect([listed.ws.readyState, own.ws.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  });

  test("[A3] [B12] a service that leaves says so first, serves each client until its turn, and then asks it to move", async () => {
    const broadcaster = await start({ DRAIN_SECONDS: "1", UNREADY_SECONDS: "1" });
    const clients = await Promise.all(Array.from({ length: 4 }, () => join(broadcaster)));
    const closings: number[] = [];
    for (const client of clients) client.closed.then(() => closings.push(performance.now()));
    const drained = broadcaster.service.drain();
    await request(new URL(broadcaster.adminUrl).origin).get("/readyz").expect(503, "service: leaving\n");
    await publish(broadcaster.url, "8", "300");
    for (const client of clients) await client.untilValue("8", "300");
    await drained;
    expect(await Promise.all(clients.map((client) => client.closed))).toEqual(
      clients.map(() => [1012, "this pod is leaving; connect again"]),
    );
    expect((closings.at(-1) ?? 0) - (closings[0] ?? 0)).toBeGreaterThan(500);
  });

  test("[B12] who knows of it is told in words, before the close, that the service is leaving", async () => {
    const broadcaster = await start();
    const [plain, client] = [await join(broadcaster), await join(broadcaster, "hello=1")];
    await broadcaster.service.drain();
    await Promise.all([plain.closed, client.closed]);
    expect(client.received.map(({ type }) => type)).toEqual(["hello", "leaving"]);
    expect(plain.received).toEqual([]);
  });

  test("[B6] an upgrade while the answer to an earlier request is under way ends that connection alone", async () => {
    const broadcaster = await start();
    const client = await join(broadcaster);
    const request = "GET /api?id=8&value=300 HTTP/1.1\r\nHost: x\r\n\r\n";
    await exchange(broadcaster.port, `${request}GET / HTTP/1.1\r\nHost: x\r\n${H2C}\r\n`);
    await exchange(broadcaster.port, `${request}${HANDSHAKE}`);
    await publish(broadcaster.url, "5", "600");
    await client.untilValue("5", "600");
  });

  test("[B6] a connection that is cut during an upgrade harms nobody", async () => {
    const broadcaster = await start();
    const client = await join(broadcaster);
    for (let count = 0; count < 30; count += 1) {
      const socket = await sendHalfOpen(broadcaster, `GET /main.js HTTP/1.1\r\nHost: x\r\n${H2C}\r\n`);
      socket.resetAndDestroy();
    }
    await publish(broadcaster.url, "5", "600");
    await client.untilValue("5", "600");
  });

  test("[A3] refused handshakes whose other side stays open keep no socket, and do not keep the service from leaving", async () => {
    const broadcaster = await start();
    await sendHalfOpen(broadcaster, HANDSHAKE.replace(FEED_PATH, "/nothing"));
    const h2c = await sendHalfOpen(broadcaster, `GET / HTTP/1.1\r\nHost: x\r\n${H2C}\r\n`);
    await once(h2c, "data");
    await within(broadcaster.service.close(), "the service to leave");
  });

  test("[A3] a service that leaves does not keep publishers' connections alive", async () => {
    const broadcaster = await start({ DRAIN_SECONDS: "1" });
    await join(broadcaster);
    await join(broadcaster);
    const drained = broadcaster.service.drain();
    const response = () => fetch(`${broadcaster.url}api?id=8&value=300`);
    await expect.poll(async () => (await response()).headers.get("connection")).toBe("close");
    await drained;
  });
});
