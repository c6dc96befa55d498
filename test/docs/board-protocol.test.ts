import {
  BOARD_ERROR_CODES,
  BOARD_HEIGHT,
  BOARD_PROTOCOL,
  BOARD_WIDTH,
  BoardEvent,
  decodePoints,
  isRecord,
  isRetryable,
  MAX_BOARD_NAME_LENGTH,
  MAX_BOARD_POINTS,
  MAX_ITEM_POINTS,
  MAX_ITEMS,
  MAX_JOINED_CLIENTS,
  MAX_MESSAGE_LENGTH,
  MAX_MESSAGE_OPERATIONS,
  MAX_NAME_LENGTH,
  MAX_REMOVED_ITEMS,
  MAX_WIDTH,
  parseCursors,
  parseDrawing,
  parseEntries,
  parseItems,
  parseOperation,
} from "@crosspod/protocol";
import { expect, test } from "vitest";
import { EventSocket } from "../helpers/board/event-socket.ts";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { Page } from "./pages.ts";

const page = new Page("docs/reference/board-protocol.md");
const CLIENT = "Ann4xY0_";

const examples = page.code.flatMap(({ info, text }) =>
  info[0] === "json" ? [{ kind: info[1] ?? "", json: JSON.parse(text) }] : [],
);

/** The text behind a heading that is not JSON. */
const textOf = (index: number): string => page.code.filter(({ info }) => info[0] === "text")[index]?.text ?? "";

/** A value with types for what differs each time: names of things, and times. */
function shapeOf(json: unknown, name = ""): unknown {
  if (Array.isArray(json)) return json.map((one) => shapeOf(one));
  if (isRecord(json)) return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, shapeOf(value, key)]));
  if (["epoch", "id", "pod", "version", "token", "headSeconds"].includes(name)) return typeof json;
  // The token of an append, and a connection's id before a pointer's place.
  return typeof json === "string"
    ? json.replace(/@[\w-]{4}$/, "@token").replace(/^[\w-]{20}|^[\w-]{16}(?= )/, "id")
    : json;
}

test("[W1] [W6] [W8] [W10] [W11] a session goes as the examples say", async () => {
  await using whiteboard = await startWhiteboard({ HEAD_SECONDS: "1" });
  using client = await EventSocket.open(whiteboard.url, "websocket");
  for (const [index, { kind, json }] of examples.entries()) {
    if (kind === "client") {
      const [event, ...args] = json;
      const expected = examples[index + 1];
      if (expected?.kind !== "reply") client.socket.emit(event, ...args);
      else expect(shapeOf(await client.ask(event, ...args))).toEqual(shapeOf(expected.json));
    }
    if (kind === "server") {
      const [event] = json;
      await expect
        .poll(() => client.received.filter(([name]) => name === event).map((one) => shapeOf(one)))
        .toContainEqual(shapeOf(json));
    }
  }
});

test("[W5] [W8] the examples of operations are operations of their kind", () => {
  const rows = page.tableBehind("Operations");
  expect(rows.length).toBeGreaterThan(4);
  for (const row of rows) {
    const text = row["example of client Ann4xY0_"] ?? "";
    expect({ ...row, type: parseOperation(text, CLIENT)?.type }).toEqual({ ...row, type: row.operation });
  }
});

test("[W4] the examples of points are the points beside them", () => {
  for (const { points = "", text = "" } of page.tableBehind("Points")) {
    const numbers = points.split(", ").map((point) => point.split(" ").map(Number));
    const pressure = numbers[0]?.length === 3;
    const decoded = decodePoints(text, { pressure });
    expect(decoded?.map((point) => [point.x, point.y, ...(pressure ? [point.pressure] : [])])).toEqual(numbers);
  }
});

test("[W8] [W11] the examples of the log, of items and of cursors can be read", () => {
  expect(parseEntries(textOf(0), 1)?.map(({ client, clientSeq }) => [client, clientSeq])).toEqual([
    [CLIENT, 1],
    [CLIENT, 2],
  ]);
  expect(parseItems(textOf(1))).toMatchObject([{ id: `${CLIENT}.1`, z: 7 }]);
  expect(parseCursors(textOf(2))).toHaveLength(2);
});

test("[W12] the original example's segment can be read", () => {
  const [event, drawing] = examples.find(({ kind }) => kind === "drawing")?.json ?? [];
  expect(event).toBe(BoardEvent.drawing);
  expect(parseDrawing(drawing)).toEqual(drawing);
});

test("[W8] every event is in the table, and no other", () => {
  const events = new Set(page.tableBehind("Events").map(({ event }) => event));
  expect([...events].sort()).toEqual(Object.values(BoardEvent).sort());
});

test("[W10] the tables of a join have the fields of the examples, and what is optional", () => {
  const [request, reply] = [examples[0]?.json[1], examples[1]?.json.ok];
  const fieldsOf = (table: number, name: string) => page.tableBehind("Join", table).map((row) => row[name]);
  expect(fieldsOf(1, "field of the request").sort()).toEqual([...Object.keys(request), "known"].sort());
  expect(fieldsOf(2, "field of the reply").sort()).toEqual(Object.keys(reply).sort());
  expect(request.protocol).toBe(BOARD_PROTOCOL);
});

test("[W3] [W9] the limits are those of the code", () => {
  expect(page.tableBehind("Limits").map(({ value }) => value)).toEqual(
    [
      MAX_BOARD_NAME_LENGTH,
      MAX_NAME_LENGTH,
      MAX_JOINED_CLIENTS,
      MAX_MESSAGE_OPERATIONS,
      MAX_MESSAGE_LENGTH,
      MAX_REMOVED_ITEMS,
      MAX_ITEMS,
      MAX_ITEM_POINTS,
      MAX_BOARD_POINTS,
    ].map((limit) => limit.toLocaleString("en")),
  );
  const size = [BOARD_WIDTH, BOARD_HEIGHT].map((steps) => steps.toLocaleString("en"));
  expect(page.text).toContain(`Every board is ${size.join(" × ")} steps`);
  expect(page.text).toContain(`\`WIDTH\` is 1 to ${MAX_WIDTH.toLocaleString("en")} steps`);
});

test("[W6] what a client does with each error is what the code says", () => {
  const rows = page.tableBehind("Errors", 2);
  const named = rows.slice(0, -1).flatMap(({ code = "" }) => code.split(", "));
  expect(named.filter((code) => !(BOARD_ERROR_CODES as readonly string[]).includes(code))).toEqual([]);
  const retryable = BOARD_ERROR_CODES.filter((code) => isRetryable({ code, detail: "" }));
  expect(rows[0]?.code?.split(", ").sort()).toEqual(retryable.sort());
});
