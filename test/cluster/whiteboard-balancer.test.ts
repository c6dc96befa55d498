import { BoardClient, type SyncError } from "@crosspod/client";
import { describe, expect, test } from "vitest";
import { BoardPerson } from "../helpers/board/board-person.ts";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { point } from "../helpers/board/strokes.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { HttpBalancer, type HttpBalancerOptions } from "../helpers/network/http-balancer.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { LogLines } from "../helpers/service/log-lines.ts";
import { Pod } from "../helpers/service/pod.ts";

const DEADLINE = { timeout: DEADLINE_MS };
const STYLE = { color: "ff0000", width: 3, pressure: false };

/** What a test does with a client of two pods behind a balancer, and with the log of the pods. */
type Scene = (
  client: BoardClient,
  heard: { readonly syncErrors: readonly unknown[]; warnings(): readonly unknown[] },
) => Promise<void>;

async function behindBalancer(options: HttpBalancerOptions, play: Scene): Promise<void> {
  const { log, lines } = new LogLines();
  await using podA = await startWhiteboard({ POD_NAME: "pod-a" }, { log });
  await using podB = await startWhiteboard({ POD_NAME: "pod-b" }, { log });
  await using balancer = await HttpBalancer.start([podA.port, podB.port], options);
  const client = new BoardClient({ url: balancer.url, board: "plans", name: "Ada" });
  const syncErrors: (SyncError | undefined)[] = [];
  client.onSyncError((error) => syncErrors.push(error));
  try {
    client.open();
    await play(client, { syncErrors, warnings: () => lines.filter(({ level }) => level === "warn") });
  } finally {
    client.close();
  }
}

/** A stroke is saved over a connection that lasts, and nobody hears of any trouble. */
const works: Scene = async (client, { syncErrors, warnings }) => {
  client.beginStroke(STYLE, { x: 100, y: 100 }).end();
  await expect.poll(() => client.saveState, DEADLINE).toEqual({ state: "saved" });
  expect(client.state).toBe("live");
  expect(syncErrors).toEqual([]);
  expect(warnings()).toEqual([]);
};

describe("long polling through a balancer over two pods", () => {
  test("[W1] works when it keeps a session on one of them", () =>
    behindBalancer({ isSticky: true, refusesUpgrades: true }, works));

  test("[W1] is said not to work when it does not, to the person and to the operator", () =>
    behindBalancer({ refusesUpgrades: true }, async (client, { warnings }) => {
      client.beginStroke(STYLE, { x: 100, y: 100 }).end();
      await expect.poll(() => client.syncError, DEADLINE).toMatchObject({ code: "no-affinity" });
      expect(client.saveState).toMatchObject({
        state: "not-saved",
        operations: 1,
        reason: expect.stringContaining("long polling needs a balancer that keeps it on one server"),
      });
      const msg = expect.stringContaining("long polling needs a balancer that keeps a session on one pod");
      expect(warnings()).toContainEqual(expect.objectContaining({ msg }));
    }));
});

describe("long polling through a balancer over two pods with one Redis", () => {
  test("[W1] [W7] a stroke drawn through one of them is seen through the other, while it is drawn and at the end", async () => {
    await using redis = await RedisServer.start();
    const environment = { REDIS_URL: redis.url, HEAD_SECONDS: "300" };
    await using podA = await Pod.start("whiteboard", "pod-a", environment);
    await using podB = await Pod.start("whiteboard", "pod-b", environment);
    const pods = [podA, podB];
    await Promise.all(pods.map((pod) => pod.untilReady()));
    const options = { isSticky: true, refusesUpgrades: true };
    await using balancer = await HttpBalancer.start(
      pods.map(({ port }) => port),
      options,
    );
    using ada = new BoardPerson(balancer.url);
    await ada.untilState("live");
    using bert = new BoardPerson(balancer.url);
    await bert.untilState("live");
    expect([ada, bert].map(({ client }) => client.hello?.pod).sort()).toEqual(["pod-a", "pod-b"]);
    const stroke = ada.client.beginStroke(STYLE, point(100, 100));
    await bert.untilItems(1);
    for (let x = 200; x <= 1_000; x += 100) {
      stroke.extend([point(x, 100)]);
      await expect.poll(() => bert.board === ada.board, DEADLINE).toBe(true);
    }
    stroke.end();
    bert.draw(point(1, 1), point(2, 2));
    await Promise.all([ada, bert].map((person) => person.untilSaveState("saved")));
    await expect.poll(() => ada.board === bert.board, DEADLINE).toBe(true);
    expect(ada.items).toHaveLength(2);
  });
});

describe("a WebSocket through a balancer over two pods", () => {
  test.each([{ isSticky: true }, { isSticky: false }])("[W1] works, sticky or not: $isSticky", (options) =>
    behindBalancer(options, works),
  );
});
