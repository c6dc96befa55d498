import type { CommittedUpdate, FeedState } from "@crosspod/protocol";
import { afterEach, describe, expect, test } from "vitest";
import {
  type Channel,
  ChannelError,
  type ChannelListener,
  type Snapshot,
} from "../../apps/broadcaster/src/server/channel.ts";

/** Makes a channel that holds nothing yet and takes at most `maxIds` ids. The contract closes it. */
export type ChannelFactory = (options: { readonly maxIds: number }) => Promise<Channel>;

/** What every {@link Channel} promises, whatever holds its updates. */
export function describeChannel(name: string, createChannel: ChannelFactory): void {
  const open: Channel[] = [];
  const create = async (maxIds = 100): Promise<Channel> => {
    const channel = await createChannel({ maxIds });
    open.push(channel);
    return channel;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((channel) => channel.close()));
  });

  describe(`${name}, as a channel`, () => {
    test("[B4] gives each update the next revision and answers with that of the last", async () => {
      const channel = await create();
      const { revision: start } = await channel.snapshot();
      expect(await channel.publish([{ id: "8", value: "300" }])).toBe(start + 1);
      const batch = [
        { id: "5", value: "600" },
        { id: "1", value: "200" },
      ];
      expect(await channel.publish(batch)).toBe(start + 3);
      const { revision, updates } = await channel.snapshot();
      expect(revision).toBe(start + 3);
      expect(updates.map((update) => [update.id, update.value, update.revision])).toEqual([
        ["8", "300", start + 1],
        ["5", "600", start + 2],
        ["1", "200", start + 3],
      ]);
    });

    test("[B4] says when an update was committed", async () => {
      const channel = await create();
      const before = Date.now();
      await channel.publish([{ id: "8", value: "300" }]);
      const [update] = (await channel.snapshot()).updates;
      expect(update?.at).toBeGreaterThanOrEqual(before - 1_000);
      expect(update?.at).toBeLessThanOrEqual(Date.now() + 1_000);
    });

    test("[B6] keeps the newest value of each id, in the order of the revisions", async () => {
      const channel = await create();
      await channel.publish([{ id: "1", value: "a" }]);
      await channel.publish([{ id: "2", value: "b" }]);
      await channel.publish([{ id: "1", value: "c" }]);
      const { updates } = await channel.snapshot();
      expect(updates.map(({ id, value }) => [id, value])).toEqual([
        ["2", "b"],
        ["1", "c"],
      ]);
    });

    test("[B2] an id that a batch names twice ends with its last value", async () => {
      const channel = await create();
      await channel.publish([
        { id: "1", value: "a" },
        { id: "1", value: "b" },
      ]);
      const { updates, revision } = await channel.snapshot();
      expect(updates).toMatchObject([{ id: "1", value: "b", revision }]);
    });

    test("[B6] tells a listener the data set and the state first, and then every update once, in one order", async () => {
      const channel = await create();
      await channel.publish([{ id: "1", value: "before" }]);
      const listener = new RecordingListener();
      await channel.subscribe(listener);
      expect(listener.heard).toEqual(["reset", "state"]);
      expect(listener.snapshots[0]?.updates).toMatchObject([{ id: "1", value: "before" }]);
      expect(listener.states).toEqual(["live"]);
      const publishes = Array.from({ length: 50 }, (_, index) =>
        channel.publish([{ id: `${index % 7}`, value: `${index}` }]),
      );
      const last = Math.max(...(await Promise.all(publishes)));
      await listener.untilRevision(last);
      const start = listener.snapshots[0]?.revision ?? 0;
      expect(listener.updatesHeard.map(({ revision }) => revision)).toEqual(
        Array.from({ length: 50 }, (_, index) => start + 1 + index),
      );
    });

    test("[B4] tells all listeners the same", async () => {
      const channel = await create();
      const listeners = [new RecordingListener(), new RecordingListener()];
      for (const listener of listeners) await channel.subscribe(listener);
      const last = await channel.publish([
        { id: "1", value: "a" },
        { id: "2", value: "b" },
      ]);
      for (const listener of listeners) await listener.untilRevision(last);
      expect(listeners[0]?.updatesHeard).toEqual(listeners[1]?.updatesHeard);
      expect(listeners[0]?.updatesHeard).toEqual((await channel.snapshot()).updates);
    });

    test("tells nothing to a listener that has unsubscribed", async () => {
      const channel = await create();
      const [leaving, staying] = [new RecordingListener(), new RecordingListener()];
      const unsubscribe = await channel.subscribe(leaving);
      await channel.subscribe(staying);
      unsubscribe();
      unsubscribe();
      await staying.untilRevision(await channel.publish([{ id: "1", value: "a" }]));
      expect(leaving.updatesHeard).toEqual([]);
    });

    test("[B3] refuses a batch that would make more ids than it may hold, and changes nothing", async () => {
      const channel = await create(2);
      await channel.publish([{ id: "1", value: "a" }]);
      const listener = new RecordingListener();
      await channel.subscribe(listener);
      const before = await channel.snapshot();
      const batch = ["1", "2", "3"].map((id) => ({ id, value: "x" }));
      await expect(channel.publish(batch)).rejects.toMatchObject({
        name: "ChannelError",
        code: "too-many-ids",
        limit: 2,
      });
      await expect(channel.publish(batch)).rejects.toBeInstanceOf(ChannelError);
      expect(await channel.snapshot()).toEqual(before);
      const last = await channel.publish(batch.slice(0, 2));
      await listener.untilRevision(last);
      expect(listener.updatesHeard.map(({ value }) => value)).toEqual(["x", "x"]);
    });

    test("holds ids and values of any kind apart and whole", async () => {
      const channel = await create();
      const odd = ["__proto__", "constructor", "a b", "ä", "🥶", '"', "\\", "0", "00", "{}", ":"];
      await channel.publish(odd.map((text) => ({ id: text, value: text })));
      const { updates } = await channel.snapshot();
      expect(updates.map(({ id, value }) => [id, value])).toEqual(odd.map((text) => [text, text]));
    });

    test("names its data set by an epoch that does not change while it lives", async () => {
      const channel = await create();
      const { epoch } = await channel.snapshot();
      await channel.publish([{ id: "1", value: "a" }]);
      expect(epoch).not.toBe("");
      expect((await channel.snapshot()).epoch).toBe(epoch);
    });
  });
}

/** Keeps what a channel tells. */
export class RecordingListener implements ChannelListener {
  readonly heard: string[] = [];
  readonly snapshots: Snapshot[] = [];
  readonly states: FeedState[] = [];
  readonly updatesHeard: CommittedUpdate[] = [];

  reset(snapshot: Snapshot): void {
    this.heard.push("reset");
    this.snapshots.push(snapshot);
  }

  updates(updates: readonly CommittedUpdate[]): void {
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
