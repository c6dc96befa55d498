import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CLUSTER_TAGS } from "../../apps/whiteboard/src/server/transport/redis-fan-out.ts";
import { BoardPerson } from "../helpers/board/board-person.ts";
import { point } from "../helpers/board/strokes.ts";
import { RedisCluster } from "../helpers/redis/redis-cluster.ts";
import { Pod } from "../helpers/service/pod.ts";

/** Each is on another node of three. */
const BOARDS = ["default", "two", "three"];

let cluster: RedisCluster;
let names = 0;
let pods: Pod[];
const people: BoardPerson[] = [];

async function visit({ url }: Pod, board: string): Promise<BoardPerson> {
  const person = new BoardPerson(url, { board });
  people.push(person);
  await person.untilState("live");
  return person;
}

beforeAll(async () => {
  cluster = await RedisCluster.start();
});

afterAll(() => cluster[Symbol.asyncDispose]());

beforeEach(async () => {
  names += 1;
  const environment = { REDIS_CLUSTER: cluster.addresses, BOARDS_NAME: `boards-${names}`, HEAD_SECONDS: "300" };
  pods = await Promise.all(["a", "b"].map((name) => Pod.start("whiteboard", name, environment)));
  await Promise.all(pods.map((pod) => pod.untilReady()));
});

afterEach(async () => {
  for (const person of people.splice(0)) person[Symbol.dispose]();
  await Promise.all(pods.map((pod) => pod[Symbol.asyncDispose]()));
});

describe("the whiteboard over a Redis Cluster", () => {
  test("[W1] boards are spread over its nodes, and each is the same on every pod", async () => {
    const nodes = new Set<string>();
    for (const [index, board] of BOARDS.entries()) {
      const [drawer, watcher] = [await visit(pods[index % 2]!, board), await visit(pods[(index + 1) % 2]!, board)];
      for (let count = 1; count <= 20; count += 1) drawer.draw(point(count, 1), point(count, index));
      await watcher.untilItems(20);
      await drawer.untilSaveState("saved");
      const late = await visit(pods[0]!, board);
      await expect.poll(() => [drawer.board, late.board]).toEqual([watcher.board, watcher.board]);
      nodes.add((await cluster.nodeOf(`crosspod:boards-${names}:{${board}}:meta`)).url);
    }
    expect(nodes.size).toBe(3);
  });

  test("[A1] subscriptions that are cut on every node are taken up again, and nobody misses anything", async () => {
    const drawers = await Promise.all(BOARDS.map((board) => visit(pods[0]!, board)));
    const watchers = await Promise.all(BOARDS.map((board) => visit(pods[1]!, board)));
    for (let round = 1; round <= 3; round += 1) {
      for (const board of BOARDS) {
        const admin = new Redis((await cluster.nodeOf(`{${board}}`)).url);
        await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
        admin.disconnect();
      }
      for (const drawer of drawers) drawer.draw(point(round, 1), point(round, 2));
      await Promise.all(drawers.map((drawer) => drawer.untilSaveState("saved")));
      // What was lost while nobody listened shows in what comes next.
      await Promise.all(pods.map((pod) => pod.untilReady()));
      await expect
        .poll(() => {
          for (const drawer of drawers) drawer.client.presence.moveCursor(point(round, round));
          return watchers.every(({ client }) => [...client.presence.cursors.values()].some(({ y }) => y === round));
        })
        .toBe(true);
      for (const drawer of drawers) drawer.draw(point(round, 3), point(round, 4));
      await Promise.all(watchers.map((watcher) => watcher.untilItems(2 * round)));
    }
  });

  test("[A1] [W6] a node away: not ready and not saved; back: saved by itself", async () => {
    const person = await visit(pods[0]!, "one");
    const node = await cluster.nodeOf("{one}");
    await node.kill();
    person.draw(point(1, 1), point(2, 2));
    await person.untilSaveState("not-saved");
    await Promise.all(pods.map((pod) => pod.untilNotReady()));
    await node.resume();
    await person.untilSaveState("saved");
    await Promise.all(pods.map((pod) => pod.untilReady()));
    const late = await visit(pods[1]!, "one");
    await expect.poll(() => person.board).toBe(late.board);
  });

  test("[A1] its markers go through every sixteenth of the slots", async () => {
    const node = new Redis((await cluster.nodeOf("one")).url);
    const slots = await Promise.all(CLUSTER_TAGS.map((tag) => node.cluster("KEYSLOT", `marker:{${tag}}`)));
    node.disconnect();
    expect(slots.map((slot) => Math.floor(slot / 1_024))).toEqual(Array.from({ length: 16 }, (_, index) => index));
  });
});
