import { once } from "node:events";
import request from "supertest";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { within } from "../../../../test/helpers/deadline.ts";
import { FeedSocket } from "../../../../test/helpers/feed-socket.ts";
import { LeanClient } from "../../../../test/helpers/lean-client.ts";
import { publish, publishAll } from "../../../../test/helpers/publisher.ts";
import { type RunningBroadcaster, startBroadcaster } from "../../../../test/helpers/running-broadcaster.ts";

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

  test.each(["epoch=other&after=1", "epoch=EPOCH&after=99", "epoch=EPOCH&after=-1", "epoch=EPOCH&after=x", "after=1"])(
    "[B9] with %s the snapshot is whole",
    async (query) => {
      const broadcaster = await start();
      await publish(broadcaster.url, "1", "a");
      const first = await join(broadcaster, "hello=1");
      const { epoch } = await first.until("hello", ({ type }) => type === "hello");
      const again = await join(broadcaster, query.replace("EPOCH", `${epoch}`));
      await again.untilValue("1", "a");
    },
  );

  test("[B10] a client that reads nothing is closed in the end, with a code that says why, and is counted", async () => {
    const broadcaster = await start({ SLOW_READER_SECONDS: "1" });
    const client = await join(broadcaster);
    client.ws.pause();
    const behind = () => metric(broadcaster, "crosspod_feed_clients_behind");
    await flood(broadcaster, 40);
    expect(await behind()).toBe(1);
    await expect.poll(behind, { timeout: 10_000 }).toBe(0);
    client.ws.resume();
    expect(await client.closed).toEqual([4008, "nothing was read for 1 s"]);
    await expect.poll(() => metric(broadcaster, 'crosspod_feed_clients_closed_total{reason="slow-reader"}')).toBe(1);
  }, 30_000);

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
  }, 30_000);

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
    expect(await metric(broadcaster, 'crosspod_feed_clients_closed_total{reason="no-pong"}')).toBe(1);
    expect(alive.ws.readyState).toBe(WebSocket.OPEN);
  });

  test("[A6] one client too many is refused, and nobody else notices", async () => {
    const broadcaster = await start({ MAX_CONNECTIONS: "2" });
    const clients = [await join(broadcaster), await join(broadcaster)];
    await expect(join(broadcaster)).rejects.toThrow("503");
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
});
