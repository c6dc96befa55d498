import type { RedisClient } from "@crosspod/redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RedisCommands } from "../../../../test/helpers/redis-commands.ts";
import { append, pointText, put } from "../../../../test/helpers/strokes.ts";
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
  new RedisBoardStore({ commands, name: newName(), maxBoards: 100, ttlMs: TTL_MS, ...options });

const draw = (store: RedisBoardStore, board: string, n = 1) =>
  store.commit(board, [{ client: ANNA, firstN: n, operations: [put(`${ANNA}.${n}`)] }]);

describe("boards in Redis", () => {
  test("[W2] stores of one name share their boards, those of another do not", async () => {
    const name = newName();
    const { epoch } = await draw(makeStore({ name }), "one");
    expect(await makeStore({ name }).head("one")).toEqual({ epoch, seq: 1 });
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
    for (const use of [() => store.head("one"), () => store.history("one"), () => draw(store, "one", 2)]) {
      for (const key of keys) await commands.pexpire(key, TTL_MS / 2);
      await use();
      for (const key of keys) expect(await commands.pttl(key)).toBeGreaterThan(TTL_MS * 0.98);
    }
    const unused = await commands.pttl(`crosspod:${name}:{two}:meta`);
    expect(unused).toBeGreaterThan(0);
    expect(unused).toBeLessThanOrEqual(600_000);
  });

  test("[W9] one board too many is refused, with the limit; those that are there go on, on any pod", async () => {
    const name = newName();
    const store = makeStore({ name, maxBoards: 2 });
    await draw(store, "one");
    await draw(store, "two");
    await expect(draw(store, "three")).rejects.toMatchObject({ code: "too-many-boards", limit: 2 });
    await expect(store.head("three")).rejects.toMatchObject({ code: "too-many-boards", limit: 2 });
    expect(await draw(makeStore({ name, maxBoards: 2 }), "one", 2)).toMatchObject({ firstSeq: 2 });
  });

  test("[W9] a board whose time has ended makes room for another one", async () => {
    const name = newName();
    const store = makeStore({ name, maxBoards: 1 });
    const { epoch } = await draw(store, "one");
    await commands.zadd(`crosspod:${name}:boards`, 1, "one");
    await commands.del(await commands.keys(`crosspod:${name}:{one}:*`));
    await draw(store, "two");
    await expect(draw(store, "one")).rejects.toMatchObject({ code: "too-many-boards" });
    expect(epoch).not.toBe((await store.head("two")).epoch);
  });

  test("[W10] a store that has fallen behind what a pod has seen goes on under a new epoch", async () => {
    const name = newName();
    const store = makeStore({ name });
    const first = await draw(store, "one");
    const meta = `crosspod:${name}:{one}:meta`;
    const copy = await commands.dumpBuffer(meta);
    await draw(store, "one", 2);
    await commands.restore(meta, 0, copy, "REPLACE");
    const head = await store.head("one");
    expect(head.seq).toBe(1);
    expect(head.epoch).not.toBe(first.epoch);
    expect(await store.history("one", { epoch: first.epoch, seq: 2 })).toMatchObject({ items: expect.any(String) });
  });

  test("[W4] a long stroke that grew in many steps is whole, and gone as a whole", async () => {
    const name = newName();
    const store = makeStore({ name });
    const id = `${ANNA}.1`;
    for (let n = 1; n <= 2_500; n += 500) {
      const operations = Array.from({ length: 500 }, (_, index) => (n + index === 1 ? put(id) : append(id)));
      await store.commit("one", [{ client: ANNA, firstN: n, operations }]);
    }
    const all = put(id).points + append(id).points.repeat(2_499);
    expect((await store.history("one")).items).toBe(`p${id},000000,w,1,${all}`);
    const longest = await commands.hvals(`crosspod:${name}:{one}:points`);
    expect(Math.max(...longest.map(({ length }) => length))).toBeLessThanOrEqual(1_024);
    await store.commit("one", [{ client: ANNA, firstN: 2_501, operations: [{ type: "remove", ids: [id] }] }]);
    expect(await commands.exists(`crosspod:${name}:{one}:points`)).toBe(0);
  });

  test("[W9] a few very long operations take no more of the log than its characters", async () => {
    const store = makeStore();
    const { epoch } = await draw(store, "one");
    for (let n = 2; n < 60; n += 1) {
      const long = { ...put(`${ANNA}.${n}`), points: pointText(10_000) };
      await store.commit("one", [{ client: ANNA, firstN: n, operations: [long] }]);
    }
    expect(await store.history("one", { epoch, seq: 2 })).toMatchObject({ items: expect.any(String) });
    const { operations = "" } = await store.history("one", { epoch, seq: 20 });
    expect(operations.length).toBeGreaterThan(0);
    expect(operations.length).toBeLessThanOrEqual(1024 * 1024);
  });

  test("[W6] a commit that Redis has no memory for changes nothing at all", async () => {
    const name = newName();
    const store = makeStore({ name });
    await draw(store, "one");
    const before = await store.history("one");
    await commands.config("SET", "maxmemory", "1");
    try {
      const clear = { client: ANNA, firstN: 2, operations: [{ type: "clear" } as const] };
      await expect(store.commit("one", [clear])).rejects.toMatchObject({ code: "unavailable" });
      expect(await store.history("one")).toEqual(before);
    } finally {
      await commands.config("SET", "maxmemory", "0");
    }
    expect(await makeStore({ name }).history("one")).toEqual(before);
  });

  test.each(["points", "clients", "recent"])(
    "[W6] a commit to a board whose key %s somebody has overwritten changes nothing at all",
    async (key) => {
      const name = newName();
      const store = makeStore({ name });
      await draw(store, "one");
      const kept = ["meta", "items", "log"].map((each) => `crosspod:${name}:{one}:${each}`);
      const before = await Promise.all(kept.map((each) => commands.dumpBuffer(each)));
      await commands.set(`crosspod:${name}:{one}:${key}`, "something else");
      await expect(draw(store, "one", 2)).rejects.toMatchObject({ code: "unavailable" });
      expect(await Promise.all(kept.map((each) => commands.dumpBuffer(each)))).toEqual(before);
    },
  );

  test("[W10] a whole board that was read before comes from memory, as long as nothing new was drawn", async () => {
    const store = makeStore();
    await draw(store, "one");
    const first = await store.history("one");
    expect(await store.history("one")).toBe(first);
    await draw(store, "one", 2);
    expect(await store.history("one")).not.toEqual(first);
  });

  test("[W9] many who ask for the same whole board at once take it from Redis once", async () => {
    const name = newName();
    await draw(makeStore({ name }), "one");
    await commands.config("RESETSTAT");
    const store = makeStore({ name });
    const histories = await Promise.all(Array.from({ length: 50 }, () => store.history("one")));
    expect(new Set(histories).size).toBe(1);
    // Each read of a whole board takes two hashes.
    expect(await commands.info("commandstats")).toContain("cmdstat_hgetall:calls=2,");
  });

  test("[W10] a whole board that was read before is brought up to date by the operations since", async () => {
    const name = newName();
    const store = makeStore({ name });
    await draw(store, "one");
    await store.history("one");
    const other = makeStore({ name });
    await other.commit("one", [
      { client: ANNA, firstN: 2, operations: [put(`${ANNA}.2`), append(`${ANNA}.1`), { ...put(`${ANNA}.3`), z: 1 }] },
    ]);
    await commands.config("RESETSTAT");
    const history = await store.history("one");
    expect(await commands.info("commandstats")).not.toContain("cmdstat_hgetall");
    expect(history).toEqual(await other.history("one"));
  });

  test.each([{ lost: ["items"] }, { lost: ["points"] }, { lost: ["items", "points"] }])(
    "[W10] a board of which Redis has lost $lost begins anew under a new epoch",
    async ({ lost }) => {
      const name = newName();
      const store = makeStore({ name });
      const { epoch } = await draw(store, "one");
      await commands.del(lost.map((key) => `crosspod:${name}:{one}:${key}`));
      const head = await store.head("one");
      expect(head.epoch).not.toBe(epoch);
      expect(await store.history("one")).toEqual({ ...head, items: "" });
      const more = { client: ANNA, firstN: 2, operations: [append(`${ANNA}.1`), put(`${ANNA}.3`)] };
      expect(await store.commit("one", [more])).toMatchObject({ epoch: head.epoch, outcomes: [{ n: 3 }] });
      expect((await makeStore({ name }).history("one")).items).toContain(`p${ANNA}.3,`);
    },
  );

  test("[W10] a log that Redis has lost is kept again as long as any", async () => {
    const name = newName();
    const store = makeStore({ name });
    const drawLong = (n: number) =>
      store.commit("one", [
        { client: ANNA, firstN: n, operations: [{ ...put(`${ANNA}.${n}`), points: pointText(10_000) }] },
      ]);
    for (let n = 1; n <= 52; n += 1) await drawLong(n);
    await commands.del(`crosspod:${name}:{one}:log`);
    const { epoch } = await drawLong(53);
    await drawLong(54);
    expect(await store.history("one", { epoch, seq: 52 })).toMatchObject({ operations: expect.any(String) });
  });
});
