import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ControlledFeedStore } from "../../../../test/helpers/feed/controlled-feed-store.ts";
import { FeedSocket } from "../../../../test/helpers/feed/feed-socket.ts";
import { publish, publishAll } from "../../../../test/helpers/feed/publisher.ts";
import { type RunningBroadcaster, startBroadcaster } from "../../../../test/helpers/feed/running-broadcaster.ts";
import { readMetric } from "../../../../test/helpers/service/metrics.ts";
import { FeedStoreError } from "./store/feed-store.ts";

/** A store that a test can take away. */
class DetachableFeedStore extends ControlledFeedStore {
  isAway = false;

  override async append(...args: Parameters<ControlledFeedStore["append"]>): Promise<number> {
    if (this.isAway) throw new FeedStoreError("unavailable", "the store is away");
    return super.append(...args);
  }
}

let store: DetachableFeedStore;
let broadcaster: RunningBroadcaster;

const metric = (name: string): Promise<number> => readMetric(broadcaster.adminUrl, `crosspod_feed_${name}`);

beforeEach(async () => {
  store = new DetachableFeedStore();
  broadcaster = await startBroadcaster({}, store);
});

afterEach(async () => {
  await broadcaster[Symbol.asyncDispose]();
});

describe("the feed's metrics", () => {
  test("[A1] are in /metrics, each with its help", async () => {
    const text = await (await fetch(`${broadcaster.adminUrl}metrics`)).text();
    const names = [...text.matchAll(/^# HELP crosspod_feed_(\w+) \S.+$/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual([
      "append_failures_total",
      "append_seconds",
      "append_updates",
      "clients",
      "clients_closed_total",
      "clients_lagging",
      "conflated_updates_total",
      "deliveries_total",
      "ids",
      "live",
      "publish_to_send_seconds",
      "updates_published_total",
    ]);
  });

  test("[A1] tell the number, size and time of appends", async () => {
    await publish(broadcaster.url, "8", "300");
    await publishAll(
      broadcaster.url,
      ["1", "2", "3"].map((id) => ({ id, value: "10" })),
    );
    expect(await metric("append_seconds_count")).toBe(2);
    expect(await metric("append_seconds_sum")).toBeGreaterThan(0);
    expect(await metric("append_updates_count")).toBe(2);
    expect(await metric("append_updates_sum")).toBe(4);
    expect(await metric("updates_published_total")).toBe(4);
  });

  test("[A1] [B3] tell of each append that failed because the store was away, and of none that was refused", async () => {
    const tooMany = Array.from({ length: 1_000 }, (_, id) => ({ id: `${id}`, value: "1" }));
    await publishAll(broadcaster.url, tooMany);
    const status = async (): Promise<number> => (await fetch(`${broadcaster.url}api?id=one-more&value=1`)).status;
    expect([await status(), await metric("append_failures_total")]).toEqual([422, 0]);
    store.isAway = true;
    expect([await status(), await metric("append_failures_total")]).toEqual([503, 1]);
    expect(await metric("append_seconds_count")).toBe(1);
  });

  test("[A1] [B8] tell whether the subscription delivers", async () => {
    expect(await metric("live")).toBe(1);
    store.setState("stale");
    expect(await metric("live")).toBe(0);
    store.setState("live");
    expect(await metric("live")).toBe(1);
  });

  test("[A1] tell how many clients there are and what was delivered to them, how soon", async () => {
    using first = await FeedSocket.open(broadcaster.url);
    using second = await FeedSocket.open(broadcaster.url);
    await publish(broadcaster.url, "8", "300");
    for (const client of [first, second]) await client.untilValue("8", "300");
    expect(await metric("clients")).toBe(2);
    expect(await metric("deliveries_total")).toBe(2);
    expect(await metric("publish_to_send_seconds_count")).toBe(1);
    expect(await metric("ids")).toBe(1);
  });
});
