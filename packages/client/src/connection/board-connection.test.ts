import type { BoardError } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  openBoard,
  openLiveBoard,
  others,
  POINT,
  REPEAT_MS,
  type ScriptedTransport,
  STYLE,
} from "../../../../test/helpers/board/scripted-board.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("[W10] a board that cannot be joined yet is tried again, and the person is told why", async () => {
  const { client, transport } = openBoard();
  client.beginStroke(STYLE, POINT).end();
  transport.connect();
  await transport.refuseJoin({ code: "too-many-boards", detail: "there are too many boards" });
  expect(client.saveState).toMatchObject({ state: "not-saved", reason: "there are too many boards" });
  await vi.advanceTimersByTimeAsync(500);
  await transport.join();
  expect(client.state).toBe("live");
});

describe("what is wrong with a board", () => {
  const tooMany: BoardError = { code: "too-many-boards", detail: "there are too many boards" };

  test("[W9] is known to somebody who has drawn nothing, until the board is there", async () => {
    const { client, transport } = openBoard();
    const errors: unknown[] = [];
    client.onSyncError((error) => errors.push(error));
    transport.connect();
    await transport.refuseJoin(tooMany);
    expect(client.syncError).toEqual(tooMany);
    await vi.advanceTimersByTimeAsync(500);
    await transport.join();
    expect(client.syncError).toBeUndefined();
    expect(errors).toEqual([tooMany, undefined]);
  });

  test("is another one when the connection is lost", async () => {
    const { client, transport } = openBoard();
    client.beginStroke(STYLE, POINT).end();
    transport.connect();
    await transport.refuseJoin(tooMany);
    await transport.disconnect();
    expect(client.syncError).toBeUndefined();
    expect(client.saveState).toMatchObject({ state: "not-saved", reason: "there is no connection" });
  });

  test("[W10] is over when a later join is answered, also one of the same connection", async () => {
    const { client, transport } = await openLiveBoard();
    transport.receive("head", { epoch: "e1", seq: 1 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    await transport.refuseJoin({ code: "unavailable", detail: "the store is away" });
    expect(client.syncError).toMatchObject({ detail: "the store is away" });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    await transport.join();
    expect(client.syncError).toBeUndefined();
    client.beginStroke(STYLE, POINT).end();
    expect(client.saveState).toMatchObject({ state: "saving" });
  });

  test("[W10] is said when a join is not answered at all, and it is asked again", async () => {
    const { client, transport } = openBoard();
    transport.connect();
    await transport.take("join").reply("whatever this is");
    expect(client.syncError).toMatchObject({ code: "unavailable" });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    await transport.join();
    expect(client.syncError).toBeUndefined();
  });
});

describe("a session that a pod does not have", () => {
  const breakOnce = async ({ transport }: { transport: ScriptedTransport }): Promise<void> => {
    transport.connect();
    await transport.disconnect("session-unknown");
  };

  test("[W1] is a matter of the balancer when that comes again and again, until a connection lasts", async () => {
    const opened = openBoard();
    const { client, transport } = opened;
    client.beginStroke(STYLE, POINT).end();
    await breakOnce(opened);
    await transport.disconnect();
    await breakOnce(opened);
    expect(client.syncError).toBeUndefined();
    expect(client.saveState).toMatchObject({ reason: "there is no connection" });
    await breakOnce(opened);
    expect(client.syncError).toMatchObject({ code: "no-affinity" });
    expect(client.saveState).toMatchObject({ reason: client.syncError?.detail });
    transport.asked.length = 0;
    transport.connect();
    await transport.join();
    expect(client.syncError).toMatchObject({ code: "no-affinity" });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(client.syncError).toMatchObject({ code: "no-affinity" });
    await vi.advanceTimersByTimeAsync(1);
    expect(client.syncError).toBeUndefined();
  });

  test("[W1] is no matter of the balancer when connections last in between", async () => {
    const opened = openBoard();
    for (let time = 0; time < 5; time++) {
      await breakOnce(opened);
      opened.transport.connect();
      await vi.advanceTimersByTimeAsync(10_000);
      await opened.transport.disconnect("session-unknown");
    }
    expect(opened.client.syncError).toBeUndefined();
  });
});

describe("a connection that is silent", () => {
  const SILENT_MS = 9_500;

  async function openSilent() {
    const opened = openBoard();
    opened.transport.connect();
    await opened.transport.join({ headSeconds: 3 });
    return opened;
  }

  test("[W10] for two and a half announcements of the head and a little more makes another one", async () => {
    const { client, transport } = await openSilent();
    await vi.advanceTimersByTimeAsync(SILENT_MS - 1);
    expect(transport.reconnects).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(transport.reconnects).toBe(1);
    expect(client.state).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(2 * SILENT_MS);
    expect(transport.reconnects).toBe(1);
    transport.connect();
    await transport.join({ headSeconds: 1 });
    await vi.advanceTimersByTimeAsync(4_500);
    expect(transport.reconnects).toBe(2);
  });

  test.each(["o", "refused", "head", "people", "c", "something newer"])(
    "[W10] is not silent when %s comes",
    async (event) => {
      const { transport } = await openSilent();
      for (let time = 0; time < 3; time++) {
        await vi.advanceTimersByTimeAsync(SILENT_MS - 1);
        if (event === "o") transport.log([others(time + 1, { type: "clear" })]);
        else transport.receive(event);
      }
      await vi.advanceTimersByTimeAsync(SILENT_MS - 1);
      expect(transport.reconnects).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      expect(transport.reconnects).toBe(1);
    },
  );

  test("[W10] may be so while the answer to a join is awaited, which can be a whole board, and is watched again after it", async () => {
    const { transport } = await openSilent();
    transport.receive("head", { epoch: "e1", seq: 1 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    await vi.advanceTimersByTimeAsync(39_000);
    expect(transport.reconnects).toBe(0);
    await transport.join({ headSeconds: 3 });
    await vi.advanceTimersByTimeAsync(SILENT_MS);
    expect(transport.reconnects).toBe(1);
    transport.connect();
    await vi.advanceTimersByTimeAsync(39_000);
    expect(transport.reconnects).toBe(1);
  });

  test.each(["lost", "closed"])("[W10] is not watched any more when it was %s", async (how) => {
    const { client, transport } = await openSilent();
    if (how === "lost") await transport.disconnect();
    else client.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("[A3] a client connects again as soon as its pod says that it is leaving", async () => {
  const { client, transport } = await openLiveBoard([]);
  transport.receive("leaving");
  expect(transport.reconnects).toBe(1);
  expect(client.state).toBe("reconnecting");
});

test("a client that is told to reconnect now does not wait for its pause", () => {
  const { client, transport } = openBoard();
  client.reconnectNow();
  expect(transport.immediateReconnects).toBe(1);
});
