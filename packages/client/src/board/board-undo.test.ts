import { encodePoints, itemId, MAX_MESSAGE_LENGTH, MAX_MESSAGE_OPERATIONS, type Operation } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  idsOf,
  item,
  numbered,
  OTHER,
  openLiveBoard,
  others,
  POINT,
  putOf,
  reconnect,
  STYLE,
} from "../../../../test/helpers/board/scripted-board.ts";
import type { ViewChange } from "../document/board-view.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("undo", () => {
  test("[W5] of a clear puts back what it really took away, where it was", async () => {
    const { client, transport } = await openLiveBoard([item(1, 1), item(2, 2)]);
    client.clear();
    expect(client.view.size).toBe(0);
    const clear = transport.takeOperations();
    transport.log([others(3, putOf(item(3, 3))), ...numbered(clear)]);
    client.history.undo();
    expect(idsOf(client)).toEqual([1, 2, 3].map((n) => itemId(OTHER, n)));
    client.history.redo();
    expect(client.view.size).toBe(0);
  });

  test("[W5] of a clear that is not appended yet puts back too what others had drawn before it", async () => {
    const { client, transport } = await openLiveBoard([item(1, 1)]);
    client.clear();
    const clear = transport.takeOperations();
    client.history.undo();
    expect(client.view.size).toBe(1);
    transport.log([others(3, putOf(item(3, 2))), ...numbered(clear)]);
    expect(idsOf(client)).toEqual([1, 3].map((n) => itemId(OTHER, n)));
  });

  test("[W5] puts back what lay above the top of another epoch where everybody sees it: on top", async () => {
    const { client, transport } = await openLiveBoard([item(1, 50)]);
    const eraser = client.beginErase();
    eraser.erase([itemId(OTHER, 1)]);
    eraser.end();
    transport.acknowledge(transport.takeOperations());
    await reconnect(transport);
    await transport.join({ epoch: "e2", seq: 0, items: "" });
    client.history.undo();
    const again = transport.takeOperations();
    expect(again.operations).toMatchObject([{ type: "put", z: 50 }]);
    transport.log([...numbered(again), others(1, putOf(item(2, 2)))]);
    expect([...client.view.items()].map(({ id, z }) => [id, z])).toEqual([
      [itemId(OTHER, 1), 1],
      [itemId(OTHER, 2), 2],
    ]);
  });

  test("[W5] [W9] of a clear of 5,000 items is sent in messages that keep the limits", async () => {
    const items = Array.from({ length: 5_000 }, (_, index) => item(index + 1, index + 1));
    const { client, transport } = await openLiveBoard(items);
    client.clear();
    transport.acknowledge(transport.takeOperations());
    client.history.undo();
    expect(idsOf(client)).toEqual(items.map(({ id }) => id));
    const sent: Operation[] = [];
    while (client.saveState.state !== "saved") {
      await vi.advanceTimersByTimeAsync(33);
      const message = transport.takeOperations();
      expect(message.operations.length).toBeLessThanOrEqual(MAX_MESSAGE_OPERATIONS);
      sent.push(...message.operations);
      transport.acknowledge(message);
    }
    expect(sent).toEqual(items.map((each) => ({ type: "put", ...each })));
  });

  test("[W5] [W9] of an eraser puts back an item that is longer than a message", async () => {
    const far = Array.from({ length: 10_000 }, (_, index) => (index % 2 ? { x: 16_000, y: 9_000 } : { x: 0, y: 0 }));
    const points = encodePoints(
      far.map((point, index) => ({ ...point, pressure: (index % 2) * 63 })),
      { pressure: true },
    );
    expect(points.length).toBeGreaterThan(MAX_MESSAGE_LENGTH);
    const long = { ...item(1, 1), pressure: true, points };
    const { client, transport } = await openLiveBoard([long]);
    const eraser = client.beginErase();
    eraser.erase([long.id]);
    eraser.end();
    transport.acknowledge(transport.takeOperations());
    client.history.undo();
    expect(client.view.get(long.id)).toEqual(long);
    await vi.advanceTimersByTimeAsync(66);
    const sent = [...transport.takeOperations().operations, ...transport.takeOperations().operations];
    expect(sent.map((operation) => ("points" in operation ? operation.points : "")).join("")).toBe(points);
  });

  test("[W5] passes over a stroke that somebody else has erased", async () => {
    const { client, transport } = await openLiveBoard();
    const first = client.beginStroke(STYLE, POINT);
    first.end();
    const second = client.beginStroke(STYLE, POINT);
    second.end();
    const own = transport.sent.flatMap(numbered);
    expect(own).toHaveLength(2);
    transport.log([...own, others(1, { type: "remove", ids: [second.id] })]);
    expect(idsOf(client)).toEqual([first.id]);
    client.history.undo();
    expect(idsOf(client)).toEqual([]);
    expect(client.history.canUndo).toBe(false);
    client.history.redo();
    expect(idsOf(client)).toEqual([first.id]);
  });

  test("takes back one sweep of the eraser as one step, and what is new ends what could be done again", async () => {
    const { client } = await openLiveBoard([item(1, 1), item(2, 2), item(3, 3)]);
    const eraser = client.beginErase();
    eraser.erase([itemId(OTHER, 1)]);
    eraser.erase([itemId(OTHER, 1), itemId(OTHER, 3), "nobodyss.1"]);
    eraser.end();
    expect(idsOf(client)).toEqual([itemId(OTHER, 2)]);
    client.history.undo();
    expect(client.view.size).toBe(3);
    expect(client.history.canRedo).toBe(true);
    client.beginStroke(STYLE, POINT);
    expect(client.history.canRedo).toBe(false);
  });
});

describe("the view", () => {
  test("says what to draw, once, for what is one's own and for what is not", async () => {
    const { client, transport } = await openLiveBoard();
    const changes: ViewChange[] = [];
    client.view.onChange((change) => changes.push(change));
    const stroke = client.beginStroke(STYLE, POINT);
    stroke.extend([{ x: 1, y: 1 }]);
    const own = transport.takeOperations();
    transport.log([
      others(1, putOf(item(1, 1))),
      ...numbered(own),
      others(2, { type: "remove", ids: [itemId(OTHER, 1)] }),
    ]);
    expect(changes).toMatchObject([
      { type: "put", item: { id: stroke.id }, onTop: true },
      { type: "grown", item: { id: stroke.id }, points: encodePoints([{ x: 1, y: 1 }], STYLE, POINT) },
      { type: "put", item: { id: itemId(OTHER, 1) }, onTop: false },
      { type: "removed", items: [{ id: itemId(OTHER, 1) }] },
    ]);
  });
});
