import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeFeedMessage, encodeUpdate, type Hello, LEAVING } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Backoff, LONGEST_REPEAT_PAUSE_MS } from "../timing/backoff.ts";
import { FeedClient } from "./feed-client.ts";

/** The other end, played by the test. */
let server: WebSocketServer;
let client: FeedClient;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/page`;
  client = new FeedClient({ url, connect: (feedUrl) => new WebSocket(feedUrl), random: () => 0.1 });
});

afterEach(async () => {
  client.close();
  for (const socket of server.clients) socket.terminate();
  server.close();
  await once(server, "close");
});

interface Peer {
  readonly socket: WebSocket;
  readonly query: Record<string, string>;
  hello(changes?: Partial<Hello>): void;
  update(id: string, value: string, revision?: number): void;
}

/** The next connection that the client makes. */
async function nextPeer(): Promise<Peer> {
  const [socket, request] = (await once(server, "connection")) as [WebSocket, IncomingMessage];
  const { searchParams, pathname } = new URL(request.url ?? "", "http://x");
  expect(pathname).toBe("/ws");
  return {
    socket,
    query: Object.fromEntries(searchParams),
    hello: (changes) => {
      const hello: Hello = {
        type: "hello",
        protocol: 1,
        pod: "pod-a",
        version: "1",
        epoch: "first",
        revision: 0,
        state: "live",
        heartbeatSeconds: 10,
        ...changes,
      };
      socket.send(encodeFeedMessage(hello));
    },
    update: (id, value, revision) => {
      const text =
        revision === undefined ? JSON.stringify({ id, value }) : encodeUpdate({ id, value, revision, at: 1 });
      socket.send(text);
    },
  };
}

async function openClient(): Promise<Peer> {
  const peer = nextPeer();
  client.open();
  return peer;
}

const shownValue = (id: string): string | undefined => client.values.get(id)?.value;
const untilState = (state: string) => expect.poll(() => client.state, { interval: 5 }).toBe(state);
const untilValue = (id: string, value: string) => expect.poll(() => shownValue(id), { interval: 5 }).toBe(value);

describe("FeedClient", () => {
  test("[B7] asks for hello, and is live when it has caught up with the revision that hello names", async () => {
    const states: string[] = [];
    client.onState((state) => states.push(state));
    const peer = await openClient();
    expect(peer.query).toEqual({ hello: "1" });
    peer.hello({ revision: 2 });
    peer.update("8", "300", 1);
    await untilValue("8", "300");
    expect(client.state).toBe("catching-up");
    peer.update("5", "600", 2);
    await untilState("live");
    expect(states).toEqual(["catching-up", "live"]);
    expect(client.hello?.pod).toBe("pod-a");
    expect(client.values.get("5")).toEqual({ id: "5", value: "600", revision: 2, at: 1 });
  });

  test("[B7] keeps its values and takes no more from a pod that speaks another protocol, and goes on with the next", async () => {
    const first = await openClient();
    first.hello({ revision: 1 });
    first.update("8", "300", 1);
    await untilState("live");
    const again = nextPeer();
    first.socket.terminate();
    const second = await again;
    second.hello({ protocol: 2, heartbeatSeconds: 0.02 });
    await untilState("outdated");
    second.update("8", "misread", 2);
    second.socket.send(encodeFeedMessage({ type: "state", state: "live", revision: 2 }));
    const third = nextPeer();
    second.socket.close();
    await untilState("reconnecting");
    expect(shownValue("8")).toBe("300");
    (await third).hello({ revision: 1 });
    await untilState("live");
  });

  test("[B9] after a lost connection it keeps its values, asks for what came since, and goes on", async () => {
    const first = await openClient();
    first.hello({ revision: 1 });
    first.update("8", "300", 1);
    await untilState("live");
    const again = nextPeer();
    first.socket.terminate();
    await untilState("reconnecting");
    expect(shownValue("8")).toBe("300");
    const second = await again;
    expect(second.query).toEqual({ hello: "1", epoch: "first", after: "1" });
    second.hello({ revision: 2 });
    second.update("8", "301", 2);
    await untilValue("8", "301");
    await untilState("live");
  });

  test("[B9] never shows an older value after a newer one, whatever a pod that lags behind sends", async () => {
    const seen: string[] = [];
    client.onUpdate(({ id, value }) => seen.push(`${id}=${value}`));
    const peer = await openClient();
    peer.hello({ revision: 3 });
    peer.update("8", "new", 3);
    peer.update("8", "old", 1);
    peer.update("5", "other", 2);
    peer.update("8", "new again", 3);
    peer.update("8", "newest", 4);
    await untilValue("8", "newest");
    expect(seen).toEqual(["8=new", "5=other", "8=newest"]);
  });

  test("[B8] another epoch takes the values away and starts again", async () => {
    let restarts = 0;
    client.onRestart(() => {
      restarts += 1;
    });
    const peer = await openClient();
    peer.hello({ revision: 9 });
    peer.update("8", "300", 9);
    await untilState("live");
    peer.hello({ epoch: "second", revision: 1 });
    peer.update("5", "600", 1);
    await untilValue("5", "600");
    expect([restarts, shownValue("8"), client.revision]).toEqual([1, undefined, 1]);
  });

  test("[B8] says stale while the pod says so", async () => {
    const peer = await openClient();
    peer.hello();
    await untilState("live");
    peer.socket.send(encodeFeedMessage({ type: "state", state: "stale", revision: 0 }));
    await untilState("stale");
    peer.socket.send(encodeFeedMessage({ type: "state", state: "live", revision: 1 }));
    await untilState("catching-up");
    peer.update("8", "300", 1);
    await untilState("live");
  });

  test("[B8] a connection on which nothing is heard is given up for another one", async () => {
    const states: string[] = [];
    client.onState((state) => states.push(state));
    const first = await openClient();
    const again = nextPeer();
    first.hello({ heartbeatSeconds: 0.02 });
    await again;
    expect(states).toEqual(["live", "stale", "reconnecting"]);
  });

  test("[B8] a pod that hangs before its hello is given up, too", async () => {
    const first = await openClient();
    first.hello({ heartbeatSeconds: 0.02 });
    await untilState("live");
    const second = nextPeer();
    first.socket.terminate();
    await second;
    await nextPeer();
    expect(client.hello?.pod).toBe("pod-a");
  });

  test("[B12] connects again as soon as the pod says that it is leaving, and does not wait for its close", async () => {
    const first = await openClient();
    first.hello({ revision: 1 });
    first.update("8", "300", 1);
    await untilState("live");
    const again = nextPeer();
    first.socket.pause();
    first.socket.send(encodeFeedMessage(LEAVING));
    expect((await again).query).toMatchObject({ after: "1" });
    expect(first.socket.readyState).toBe(WebSocket.OPEN);
  });

  test("[B7] a first hello after updates of a server without one takes their values away", async () => {
    let restarts = 0;
    client.onRestart(() => {
      restarts += 1;
    });
    const first = await openClient();
    first.update("8", "300");
    await untilValue("8", "300");
    const again = nextPeer();
    first.socket.terminate();
    (await again).hello();
    await expect.poll(() => restarts).toBe(1);
    expect(client.values.size).toBe(0);
  });

  test("[B7] a server without a hello, after one with, is live as it is", async () => {
    const first = await openClient();
    first.hello();
    await untilState("live");
    const again = nextPeer();
    first.socket.terminate();
    (await again).update("8", "300");
    await untilValue("8", "300");
    await untilState("live");
    expect(client.hello).toBeUndefined();
  });

  test("[B5] works with the original example's server, which says nothing of itself", async () => {
    const peer = await openClient();
    peer.update("8", "300");
    await untilState("live");
    peer.update("8", "200");
    await untilValue("8", "200");
    expect([client.hello, client.revision]).toEqual([undefined, 0]);
  });

  test("[B5] is live with a server that is silent after the handshake, as the original example's is", async () => {
    await openClient();
    await expect.poll(() => client.state).toBe("live");
  });

  test("[B5] skips what it does not know", async () => {
    const peer = await openClient();
    peer.hello({ revision: 1 });
    for (const text of ["[", "null", '{"type":"tomorrow"}', '{"id":1}']) peer.socket.send(text);
    peer.socket.send(Buffer.from('{"id":"8","value":"binary"}'), { binary: true });
    peer.update("8", "300", 1);
    await untilValue("8", "300");
  });

  test("[B12] a server that is silent, but there, is tried again soon", async () => {
    const silent = await openClient();
    await expect.poll(() => client.state).toBe("live");
    const again = nextPeer();
    silent.socket.terminate();
    await again;
  });

  test("[B12] pauses at random, below a bound that doubles, between tries", () => {
    const longest = new Backoff(() => 0.999_999);
    const pauses = Array.from({ length: 7 }, () => Math.round(longest.next()));
    expect(pauses).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000]);
    longest.reset();
    expect(Math.round(longest.next())).toBe(200);
    expect(new Backoff(() => 0).next()).toBe(0);
    const repeats = new Backoff(() => 0.999_999, LONGEST_REPEAT_PAUSE_MS);
    expect(Array.from({ length: 6 }, () => Math.round(repeats.next()))).toEqual([200, 400, 800, 1_600, 3_000, 3_000]);
  });

  test("stays closed once it is closed", async () => {
    const peer = await openClient();
    peer.hello();
    await untilState("live");
    const closed = once(peer.socket, "close");
    client.close();
    await closed;
    client.open();
    expect(client.state).toBe("closed");
    expect(server.clients.size).toBe(0);
  });
});
