import { itemId, type Operation, type Position, parseEntries, parseItems } from "@crosspod/protocol";
import type { RedisClient } from "@crosspod/redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { append, pointText, put } from "../../../../../test/helpers/board/strokes.ts";
import { submission } from "../../../../../test/helpers/board/submission.ts";
import { RedisCommands } from "../../../../../test/helpers/redis/redis-commands.ts";
import { RedisBoardStore, type RedisBoardStoreOptions } from "./redis-board-store.ts";

const ANNA = "anna-000";
const TTL_MS = 3_600_000;

let redis: RedisCommands;
let commands: RedisClient;
let names = 0;

beforeAll(async () => {
  redis = await RedisCommands.start();
  commands = redis.client;
});

afterAll(() => redis[Symbol.asyncDispose]());

const newName = (): string => {
  names += 1;
  return `test-${names}`;
};
const makeStore = (options: Partial<RedisBoardStoreOptions> = {}): RedisBoardStore =>
  new RedisBoardStore({
    commands,
    subscribe: () => () => {},
    name: newName(),
    maxBoards: 100,
    ttlMs: TTL_MS,
    ...options,
  });

const draw = (store: RedisBoardStore, board: string, clientSeq = 1, seen?: Position) =>
  store.append(board, [submission(ANNA, clientSeq, put(itemId(ANNA, clientSeq)))], seen);

/** What follows a position; undefined when the log does not lead there. */
const following = async (store: RedisBoardStore, known: Position) => (await store.join("one", [], known)).operations;

describe("boards in Redis", () => {
  test("[W2] stores of one name share their boards, those of another do not", async () => {
    const name = newName();
    const { position } = await draw(makeStore({ name }), "one");
    expect(await makeStore({ name }).head("one")).toEqual(position);
    expect(await makeStore().head("one")).toMatchObject({ seq: 0 });
  });

  test("[W10] all keys of a board have its hash tag, and an end of their time", async () => {
    const name = newName();
    await draw(makeStore({ name }), "one");
    const keys = (await commands.keys(`crosspod:${name}:*`)).filter((key) => !key.endsWith(":boards"));
    expect(keys).toHaveLength(6);
    for (const key of keys) {
      expect(key).toContain(":{one}:");
      expect(await commands.pttl(key)).toBeGreaterThan(TTL_MS * 0.98);
    }
  });

  test("[W10] each use gives a board its whole time again, and a board that is only looked at has a short one", async () => {
    const name = newName();
    const store = makeStore({ name });
    await draw(store, "one");
    await store.head("two");
    const keys = await commands.keys(`crosspod:${name}:{one}:*`);
    for (const use of [
      () => store.head("one"),
      () => store.snapshot("one"),
      () => store.join("one", [ANNA]),
      () => draw(store, "one", 2),
    ]) {
      for (const key of keys) await commands.pexpire(key, TTL_MS / 2);
      await use();
      for (const key of keys) expect(await commands.pttl(key)).toBeGreaterThan(TTL_MS * 0.98);
    }
    const unused = await commands.pttl(`crosspod:${name}:{two}:meta`);
    expect(unused).toBeGreaterThan(0);
    expect(unused).toBeLessThanOrEqual(600_000);
  });

  test("[W2] nothing of a board that was forgotten comes back, though its keys do not end in the same moment", async () => {
    const name = newName();
    const store = makeStore({ name });
    await draw(store, "one");
    await commands.del(`crosspod:${name}:{one}:meta`);
    expect(await store.snapshot("one")).toMatchObject({ position: { seq: 0 }, items: "" });
    const { outcomes } = await draw(store, "one");
    expect(outcomes).toEqual([{ clientSeq: 1, repeats: 0 }]);
    expect(parseItems((await store.snapshot("one")).items)).toHaveLength(1);
  });

  test("[W6] a board that was forgotten forgets none of its new clients for those it had", async () => {
    const name = newName();
    const store = makeStore({ name, maxClients: 1 });
    for (let clientSeq = 1; clientSeq <= 3; clientSeq += 1) await draw(store, "one", clientSeq);
    await commands.del(`crosspod:${name}:{one}:meta`);
    const drawAsBert = (clientSeq: number) =>
      store.append("one", [submission("bert-000", clientSeq, { type: "clear" })]);
    await drawAsBert(1);
    expect(await drawAsBert(2)).toMatchObject({ outcomes: [{ clientSeq: 2, repeats: 0 }] });
  });

  test("[W9] each look at a board keeps it for its time on the list of all, also where that is full", async () => {
    const name = newName();
    const list = `crosspod:${name}:boards`;
    const store = makeStore({ name, maxBoards: 2 });
    await draw(store, "one");
    await draw(store, "two");
    const soon = Date.now() + 60_000;
    await commands.zadd(list, soon, "one");
    await store.head("one");
    const endOf = async () => Number(await commands.zscore(list, "one"));
    await expect.poll(endOf).toBeGreaterThan(soon);
    expect(Math.abs((await endOf()) - Date.now() - TTL_MS)).toBeLessThan(60_000);
  });

  test("[W9] one board too many is refused, with the limit; those that are there go on, on any pod", async () => {
    const name = newName();
    const store = makeStore({ name, maxBoards: 2 });
    await draw(store, "one");
    await draw(store, "two");
    await expect(draw(store, "three")).rejects.toMatchObject({ code: "too-many-boards", limit: 2 });
    await expect(store.head("three")).rejects.toMatchObject({ code: "too-many-boards", limit: 2 });
    expect(await draw(makeStore({ name, maxBoards: 2 }), "one", 2)).toMatchObject({ position: { seq: 2 } });
  });

  test("[W9] a board whose time has ended makes room for another one", async () => {
    const name = newName();
    const store = makeStore({ name, maxBoards: 1 });
    const { position } = await draw(store, "one");
    await commands.zadd(`crosspod:${name}:boards`, 1, "one");
    await commands.del(await commands.keys(`crosspod:${name}:{one}:*`));
    await draw(store, "two");
    await expect(draw(store, "one")).rejects.toMatchObject({ code: "too-many-boards" });
    expect(position.epoch).not.toBe((await store.head("two")).epoch);
  });

  test("[W4] a long stroke that grew in many steps is whole, and gone as a whole", async () => {
    const name = newName();
    const store = makeStore({ name });
    const id = `${ANNA}.1`;
    for (let clientSeq = 1; clientSeq <= 2_500; clientSeq += 500) {
      const operations = Array.from({ length: 500 }, (_, index) => (clientSeq + index === 1 ? put(id) : append(id)));
      await store.append("one", [submission(ANNA, clientSeq, ...operations)]);
    }
    const all = put(id).points + append(id).points.repeat(2_499);
    expect((await store.snapshot("one")).items).toBe(`p${id},000000,w,1,${all}`);
    const longest = await commands.hvals(`crosspod:${name}:{one}:points`);
    expect(Math.max(...longest.map(({ length }) => length))).toBeLessThanOrEqual(1_024);
    await store.append("one", [submission(ANNA, 2_501, { type: "remove", ids: [id] })]);
    expect(await commands.exists(`crosspod:${name}:{one}:points`)).toBe(0);
  });

  test("[W10] an append of many operations is in the log as a whole, each of them once", async () => {
    const store = makeStore();
    const beginning = await store.head("one");
    await store.append("one", [submission(ANNA, 1, ...Array<Operation>(1_200).fill({ type: "clear" }))]);
    const logged = parseEntries((await following(store, beginning)) ?? "", 1) ?? [];
    const numbers = Array.from({ length: 1_200 }, (_, index) => index + 1);
    expect(logged.map(({ clientSeq }) => clientSeq)).toEqual(numbers);
  });

  test("[W9] a few very long operations take no more of the log than its characters", async () => {
    const store = makeStore();
    const positions: Position[] = [];
    for (let clientSeq = 1; clientSeq < 60; clientSeq += 1) {
      const long = { ...put(itemId(ANNA, clientSeq)), points: pointText(10_000) };
      positions.push((await store.append("one", [submission(ANNA, clientSeq, long)])).position);
    }
    const [second, twentieth] = [positions[1]!, positions[19]!];
    expect(await following(store, second)).toBeUndefined();
    const operations = (await following(store, twentieth)) ?? "";
    expect(operations.length).toBeGreaterThan(0);
    expect(operations.length).toBeLessThanOrEqual(1024 * 1024);
  });

  test.each([{ lost: ["items"] }, { lost: ["points"] }, { lost: ["items", "points"] }])(
    "[W10] a board of which Redis has lost $lost begins anew under a new epoch",
    async ({ lost }) => {
      const name = newName();
      const store = makeStore({ name });
      const { position } = await draw(store, "one");
      await commands.del(lost.map((key) => `crosspod:${name}:{one}:${key}`));
      const head = await store.head("one");
      expect(head.epoch).not.toBe(position.epoch);
      expect(await store.snapshot("one")).toEqual({ position: head, items: "" });
      const more = await store.append("one", [submission(ANNA, 2, append(`${ANNA}.1`), put(`${ANNA}.3`))]);
      expect(more).toMatchObject({ position: { epoch: head.epoch }, outcomes: [{ clientSeq: 3 }] });
      expect((await makeStore({ name }).snapshot("one")).items).toContain(`p${ANNA}.3,`);
    },
  );

  test("[W10] a log that Redis has lost is kept again as long as any", async () => {
    const name = newName();
    const store = makeStore({ name });
    const drawLong = (number: number) =>
      store.append("one", [submission(ANNA, number, { ...put(itemId(ANNA, number)), points: pointText(10_000) })]);
    for (let number = 1; number <= 52; number += 1) await drawLong(number);
    await commands.del(`crosspod:${name}:{one}:log`);
    const { position } = await drawLong(53);
    await drawLong(54);
    expect(await following(store, position)).toBeDefined();
  });
});
