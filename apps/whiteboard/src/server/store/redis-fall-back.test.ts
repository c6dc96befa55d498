import { itemId, type Position, parseItems } from "@crosspod/protocol";
import { RedisSubscriptions } from "@crosspod/redis";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BoardPod, BoardViewer } from "../../../../../test/helpers/board/board-pod.ts";
import { put } from "../../../../../test/helpers/board/strokes.ts";
import { submission } from "../../../../../test/helpers/board/submission.ts";
import { subscribeThrough } from "../../../../../test/helpers/redis/redis-board-subscribe.ts";
import { RedisCommands } from "../../../../../test/helpers/redis/redis-commands.ts";
import type { BoardBatch } from "./board-store.ts";
import { RedisBoardStore } from "./redis-board-store.ts";

const ANNA = "anna-000";
const BERT = "bert-000";
const BOARD = "default";
const log = pino({ level: "silent" });
const KEYS = ["meta", "items", "points", "log", "clients", "recent"];

let redis: RedisCommands;
let subscriptions: RedisSubscriptions;
let name: string;
let names = 0;

beforeAll(async () => {
  redis = await RedisCommands.start();
  subscriptions = new RedisSubscriptions({ kind: "server", url: redis.url }, log);
});

afterAll(async () => {
  subscriptions.close();
  await redis[Symbol.asyncDispose]();
});

beforeEach(() => {
  names += 1;
  name = `test-${names}`;
});

const keyOf = (key: string): string => `crosspod:${name}:{${BOARD}}:${key}`;

/** As another pod has one. */
const makeStore = (through = subscriptions): RedisBoardStore =>
  new RedisBoardStore({
    commands: redis.client,
    subscribe: subscribeThrough(through, name),
    name,
    maxBoards: 100,
    ttlMs: 3_600_000,
  });

const draw = (client: string, clientSeq: number, seen?: Position) =>
  makeStore().append(BOARD, [submission(client, clientSeq, put(itemId(client, clientSeq)))], seen);

/** Keeps a copy of all that is stored; what comes back puts it there again. */
async function copyStored(): Promise<() => Promise<void>> {
  const copies = await Promise.all(KEYS.map((key) => redis.client.dumpBuffer(keyOf(key))));
  return async () => {
    for (const [index, key] of KEYS.entries()) {
      const copy = copies[index];
      if (copy) await redis.client.restore(keyOf(key), 0, copy, "REPLACE");
      else await redis.client.del(keyOf(key));
    }
  };
}

/** Of which the store goes on from an older copy: as far as is said, another way than what was seen. */
async function fallBack(to: number): Promise<{ seen: Position; position: Position }> {
  await draw(ANNA, 1);
  const restore = await copyStored();
  await draw(ANNA, 2);
  const { position: seen } = await draw(ANNA, 3);
  await restore();
  for (let seq = 2; seq <= to; seq += 1) await draw(BERT, seq - 1);
  const position = await makeStore().head(BOARD);
  expect([position.epoch, position.seq]).toEqual([seen.epoch, to]);
  return { seen, position };
}

/** What shows it first: each is asked with what a pod has seen. */
const WAYS: Readonly<Record<string, (seen: Position) => Promise<Position>>> = {
  append: async (seen) => (await draw("carl-000", 1, seen)).position,
  read: async (seen) => {
    const reading = await makeStore().read(BOARD, seen);
    return "whole" in reading ? reading.whole : reading.rest;
  },
  join: async (seen) => (await makeStore().join(BOARD, [], undefined, seen)).position,
  snapshot: async (seen) => (await makeStore().snapshot(BOARD, seen)).position,
  head: (seen) => makeStore().head(BOARD, seen),
};
const STATES = [
  { to: 1, state: "is behind what a pod has seen" },
  { to: 3, state: "is as far, another way" },
  { to: 5, state: "is further, another way" },
];

describe("a store that fell back to an older copy", () => {
  let published: BoardBatch[];
  let unsubscribe: () => void;

  beforeEach(async () => {
    published = [];
    await new Promise<void>((resolve) => {
      const batch = (each: BoardBatch): unknown => published.push(each);
      unsubscribe = makeStore().subscribe(BOARD, { batch, subscribed: resolve });
    });
  });

  afterEach(() => unsubscribe());

  test.each(Object.keys(WAYS).flatMap((way) => STATES.map((state) => ({ way, ...state }))))(
    "[W10] $state: $way begins one new epoch, and all pods hear of it",
    async ({ way, to }) => {
      const { seen, position } = await fallBack(to);
      await expect.poll(() => published.length).toBe(2 + to);
      published.length = 0;
      const first = await WAYS[way]!(seen);
      expect(first.epoch).not.toBe(seen.epoch);
      for (const again of [WAYS.head, WAYS.join, WAYS.read, WAYS.snapshot]) expect(await again!(seen)).toEqual(first);
      await expect.poll(() => published.at(-1)).toMatchObject(first);
      expect(published.map(({ epoch }) => epoch)).toEqual(published.map(() => first.epoch));
      // What is not an append brings no operation with it.
      expect(published[0]).toMatchObject({ seq: position.seq, firstSeq: position.seq + 1, text: "" });
      expect(first.seq).toBe(way === "append" ? position.seq + 1 : position.seq);
      const { items } = await makeStore().snapshot(BOARD);
      expect(parseItems(items)).toHaveLength(first.seq);
      expect((await draw(ANNA, 2)).position).toMatchObject({ epoch: first.epoch, seq: first.seq + 1 });
    },
  );

  test("[W10] nothing of the epoch before follows in the new one, and what follows its beginning does", async () => {
    const { seen, position } = await fallBack(3);
    const beginning = await makeStore().head(BOARD, seen);
    expect((await makeStore().join(BOARD, [], beginning)).operations).toBe("");
    expect(await redis.client.llen(keyOf("log"))).toBe(0);
    await draw(ANNA, 2);
    for (const known of [seen, position]) {
      expect((await makeStore().join(BOARD, [], known)).operations).toBeUndefined();
    }
    expect((await makeStore().join(BOARD, [], beginning)).operations).toMatch(/^anna-0002:[^;]*@....$/);
  });

  test("[W10] the people of all pods join again, whichever pod noticed", async () => {
    const other = new RedisSubscriptions({ kind: "server", url: redis.url }, log);
    const pods = [new BoardPod(makeStore()), new BoardPod(makeStore(other))];
    const viewers = pods.flatMap((pod) => [0, 1, 2].map((number) => new BoardViewer(pod, `viewer-${number}`)));
    await draw(ANNA, 1);
    const restore = await copyStored();
    await Promise.all(viewers.map((viewer) => viewer.join()));
    await draw(ANNA, 2);
    await expect.poll(() => viewers.every(({ position }) => position.seq === 2)).toBe(true);
    await restore();
    await viewers[0]!.board.submit(submission(BERT, 1, put(`${BERT}.1`)));
    await expect.poll(() => viewers.filter(({ joins, answer }) => joins === 2 && answer).length).toBe(viewers.length);
    const head = await makeStore().head(BOARD);
    await expect.poll(() => viewers.filter(({ position }) => position.token === head.token).length).toBe(6);
    expect(head.seq).toBe(2);
    for (const viewer of viewers) viewer.leave();
    await expect.poll(() => pods.map(({ boards }) => boards.size)).toEqual([0, 0]);
    for (const { errors } of pods) expect(errors).toEqual([]);
    other.close();
  });
});

describe("what a client says that it knows", () => {
  test("[W10] begins no epoch, whatever it is", async () => {
    const { position } = await draw(ANNA, 1);
    for (const wrong of [
      { token: "othr" },
      { seq: 2 ** 50 },
      { seq: 2 },
      { seq: 0 },
      { epoch: "other" },
      { token: "" },
    ]) {
      const answer = await makeStore().join(BOARD, [ANNA], { ...position, ...wrong }, position);
      expect(answer).toEqual({ position, clientSeqs: [1] });
    }
    expect(await makeStore().head(BOARD)).toEqual(position);
  });
});

describe("what the last release has stored", () => {
  const STORED = { epoch: "lastOne0", seq: 3 };

  /** In its form: without a token, and without the number at which the epoch began. */
  beforeEach(async () => {
    const log = ["anna-0001:p1,000000,w,,oGoG", "anna-0002:a1,AAAA", "bert-0001:p1,ff0000,w,,!AAA"];
    const logged = log.join("").length;
    await redis.client.hset(keyOf("meta"), { ...STORED, points: 4, logged });
    await redis.client.hset(keyOf("items"), `${ANNA}.1`, "1 3 0 - 000000 w", `${BERT}.1`, "3 1 0 ! ff0000 w");
    await redis.client.hset(keyOf("points"), `${ANNA}.1/0`, "oGoGAAAA", `${BERT}.1/0`, "AAA");
    await redis.client.rpush(keyOf("log"), ...log);
    await redis.client.hset(keyOf("clients"), ANNA, 2, BERT, 1);
    await redis.client.zadd(keyOf("recent"), 2, ANNA, 3, BERT);
  });

  test("[W6] [W10] goes on in the same epoch without loss", async () => {
    const store = makeStore();
    const before = await store.head(BOARD);
    expect(before).toEqual({ ...STORED, token: "" });
    expect((await store.join(BOARD, [], before)).operations).toBe("");
    expect(await store.join(BOARD, [ANNA, BERT, "somebody"])).toMatchObject({ clientSeqs: [2, 1, 0] });
    const items = `p${ANNA}.1,000000,w,1,oGoGAAAA;p${BERT}.1,ff0000,w,3,!AAA`;
    expect(await store.snapshot(BOARD)).toEqual({ position: before, items });
    const { position, outcomes } = await draw(ANNA, 3, before);
    expect(position).toMatchObject({ epoch: STORED.epoch, seq: 4 });
    expect(outcomes).toEqual([{ clientSeq: 3, repeats: 0 }]);
    expect(parseItems((await store.snapshot(BOARD, position)).items)).toHaveLength(3);
    expect(await store.head(BOARD, before)).toEqual(position);
  });

  test("[W10] is followed by who has joined: a pod that misses a message has the whole of it, and goes on", async () => {
    const pod = new BoardPod(makeStore());
    const viewer = await new BoardViewer(pod, "viewer").join({ clients: [ANNA] });
    expect(viewer.answer?.clientSeqs).toEqual([2]);
    await draw(ANNA, 3);
    await expect.poll(() => viewer.position.seq).toBe(4);
    expect(await viewer.board.submit(submission(BERT, 1, { type: "clear" }, put(`${BERT}.2`)))).toMatchObject({
      repeats: 1,
    });
    await expect.poll(() => viewer.position.seq).toBe(5);
    expect(viewer.joins).toBe(1);
    viewer.leave();
    await expect.poll(() => pod.boards.size).toBe(0);
  });
});
