import type { AppendedUpdate, FeedState } from "@crosspod/protocol";
import { afterEach, describe, expect, test } from "vitest";
import {
  type FeedListener,
  type FeedStore,
  FeedStoreError,
  type Snapshot,
} from "../../apps/broadcaster/src/server/store/feed-store.ts";

/** Makes a store that holds nothing yet and takes at most `maxIds` ids. The contract closes it. */
export type FeedStoreFactory = (options: { readonly maxIds: number }) => Promise<FeedStore>;

/** What every {@link FeedStore} promises, whatever holds its updates. */
export function describeFeedStore(name: string, createFeedStore: FeedStoreFactory): void {
  const open: FeedStore[] = [];
  const create = async (maxIds = 100): Promise<FeedStore> => {
    const store = await createFeedStore({ maxIds });
    open.push(store);
    return store;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()));
  });

  describe(`${name}, as a store`, () => {
    test("[B4] gives each update the next revision and answers with that of the last", async () => {
      const store = await create();
      const { revision: start } = await snapshotOf(store);
      expect(await store.append([{ id: "8", value: "300" }])).toBe(start + 1);
      const batch = [
        { id: "5", value: "600" },
        { id: "1", value: "200" },
      ];
      expect(await store.append(batch)).toBe(start + 3);
      const { revision, updates } = await snapshotOf(store);
      expect(revision).toBe(start + 3);
      expect(updates.map((update) => [update.id, update.value, update.revision])).toEqual([
        ["8", "300", start + 1],
        ["5", "600", start + 2],
        ["1", "200", start + 3],
      ]);
    });

    test("[B4] says when an update was appended", async () => {
      const store = await create();
      const before = Date.now();
      await store.append([{ id: "8", value: "300" }]);
      const [update] = (await snapshotOf(store)).updates;
      expect(update?.at).toBeGreaterThanOrEqual(before - 1_000);
      expect(update?.at).toBeLessThanOrEqual(Date.now() + 1_000);
    });

    test("[B6] keeps the newest value of each id, in the order of the revisions", async () => {
      const store = await create();
      await store.append([{ id: "1", value: "a" }]);
      await store.append([{ id: "2", value: "b" }]);
      await store.append([{ id: "1", value: "c" }]);
      const { updates } = await snapshotOf(store);
      expect(updates.map(({ id, value }) => [id, value])).toEqual([
        ["2", "b"],
        ["1", "c"],
      ]);
    });

    test("[B2] an id that a batch names twice ends with its last value", async () => {
      const store = await create();
      await store.append([
        { id: "1", value: "a" },
        { id: "1", value: "b" },
      ]);
      const { updates, revision } = await snapshotOf(store);
      expect(updates).toMatchObject([{ id: "1", value: "b", revision }]);
    });

    test("[B6] tells a listener the data set and the state first, and then every update once, in one order", async () => {
      const store = await create();
      await store.append([{ id: "1", value: "before" }]);
      const listener = new RecordingListener();
      await store.subscribe(listener);
      expect(listener.heard).toEqual(["reset", "state"]);
      expect(listener.snapshots[0]?.updates).toMatchObject([{ id: "1", value: "before" }]);
      expect(listener.states).toEqual(["live"]);
      const publishes = Array.from({ length: 50 }, (_, index) =>
        store.append([{ id: `${index % 7}`, value: `${index}` }]),
      );
      const last = Math.max(...(await Promise.all(publishes)));
      await listener.untilRevision(last);
      const start = listener.snapshots[0]?.revision ?? 0;
      expect(listener.updatesHeard.map(({ revision }) => revision)).toEqual(
        Array.from({ length: 50 }, (_, index) => start + 1 + index),
      );
    });

    test("[B4] tells all listeners the same", async () => {
      const store = await create();
      const listeners = [new RecordingListener(), new RecordingListener()];
      for (const listener of listeners) await store.subscribe(listener);
      const last = await store.append([
        { id: "1", value: "a" },
        { id: "2", value: "b" },
      ]);
      for (const listener of listeners) await listener.untilRevision(last);
      expect(listeners[0]?.updatesHeard).toEqual(listeners[1]?.updatesHeard);
      expect(listeners[0]?.updatesHeard).toEqual((await snapshotOf(store)).updates);
    });

    test("[B3] refuses a batch that would make more ids than it may hold, and changes nothing", async () => {
      const store = await create(2);
      await store.append([{ id: "1", value: "a" }]);
      const listener = new RecordingListener();
      await store.subscribe(listener);
      const before = await snapshotOf(store);
      const batch = ["1", "2", "3"].map((id) => ({ id, value: "x" }));
      await expect(store.append(batch)).rejects.toMatchObject({
        name: "FeedStoreError",
        code: "too-many-ids",
        limit: 2,
      });
      await expect(store.append(batch)).rejects.toBeInstanceOf(FeedStoreError);
      expect(await snapshotOf(store)).toEqual(before);
      const last = await store.append(["1", "2", "2"].map((id) => ({ id, value: "x" })));
      await listener.untilRevision(last);
      expect(listener.updatesHeard.map(({ value }) => value)).toEqual(["x", "x", "x"]);
    });

    test("holds ids and values of any kind apart and whole", async () => {
      const store = await create();
      const odd = ["__proto__", "constructor", "a b", "ä", "🥶", '"', "\\", "0", "00", "{}", ":"];
      await store.append(odd.map((text) => ({ id: text, value: text })));
      const { updates } = await snapshotOf(store);
      expect(updates.map(({ id, value }) => [id, value])).toEqual(odd.map((text) => [text, text]));
    });

    test("names its data set by an epoch that does not change while it lives", async () => {
      const store = await create();
      const { epoch } = await snapshotOf(store);
      await store.append([{ id: "1", value: "a" }]);
      expect(epoch).not.toBe("");
      expect((await snapshotOf(store)).epoch).toBe(epoch);
    });
  });
}

/** What a store holds, as who subscribes to it is told. */
export async function snapshotOf(store: FeedStore): Promise<Snapshot> {
  const listener = new RecordingListener();
  await store.subscribe(listener);
  return listener.snapshots[0]!;
}

/** Keeps what a store tells. */
export class RecordingListener implements FeedListener {
  readonly heard: string[] = [];
  readonly snapshots: Snapshot[] = [];
  readonly states: FeedState[] = [];
  readonly updatesHeard: AppendedUpdate[] = [];

  reset(snapshot: Snapshot): void {
    this.heard.push("reset");
    this.snapshots.push(snapshot);
  }

  updates(updates: readonly AppendedUpdate[]): void {
    this.heard.push("updates");
    this.updatesHeard.push(...updates);
  }

  state(state: FeedState): void {
    this.heard.push("state");
    this.states.push(state);
  }

  /** Resolves when an update of this revision, or a later one, was heard. */
  async untilRevision(revision: number): Promise<void> {
    await expect.poll(() => this.updatesHeard.at(-1)?.revision ?? 0).toBeGreaterThanOrEqual(revision);
  }
}
