import {
  BOARD_HEIGHT,
  BOARD_PROTOCOL,
  BOARD_WIDTH,
  encodeOperations,
  itemId,
  MAX_BOARD_NAME_LENGTH,
  MAX_JOINED_CLIENTS,
  MAX_NAME_LENGTH,
  MAX_REMOVED_ITEMS,
  type Operation,
} from "@crosspod/protocol";
import { describe, expect, test } from "vitest";
import { parseCursor, parseJoin, parseSubmission } from "./board/message-arguments.ts";

const ANNA = "anna-000";
const JOIN = {
  protocol: BOARD_PROTOCOL,
  board: "b".repeat(MAX_BOARD_NAME_LENGTH),
  clients: Array.from({ length: MAX_JOINED_CLIENTS }, (_, index) => `${10_000_000 + index}`),
  name: "n".repeat(MAX_NAME_LENGTH),
};

describe("what is just within the limits is taken:", () => {
  test("[W10] a join, of a client that knows nothing of the board or much", () => {
    const known = { epoch: "e".repeat(64), seq: 0, token: "t".repeat(64) };
    expect(parseJoin([JOIN])).toEqual({ ok: JOIN });
    expect(parseJoin([{ ...JOIN, known }])).toEqual({ ok: { ...JOIN, known } });
  });

  test("[W9] a remove of many items, but for one that is too many among others", () => {
    const remove = (count: number): Operation => ({
      type: "remove",
      ids: Array.from({ length: count }, (_, index) => itemId(ANNA, index + 1)),
    });
    const submit = (...operations: Operation[]) => parseSubmission([ANNA, 1, encodeOperations(operations, ANNA)]);
    expect(submit(remove(MAX_REMOVED_ITEMS))).toMatchObject({ ok: { client: ANNA, firstClientSeq: 1 } });
    const tooMany = submit({ type: "clear" }, remove(MAX_REMOVED_ITEMS + 1));
    expect(tooMany).toMatchObject({ error: { code: "too-many-items", limit: MAX_REMOVED_ITEMS } });
  });

  test("[W11] a pointer anywhere on the board, or nowhere", () => {
    expect(parseCursor([])).toEqual({ ok: undefined });
    expect(parseCursor([0, 0])).toEqual({ ok: { x: 0, y: 0 } });
    expect(parseCursor([BOARD_WIDTH, BOARD_HEIGHT])).toEqual({ ok: { x: BOARD_WIDTH, y: BOARD_HEIGHT } });
    for (const place of [[1], [undefined, 1], [BOARD_WIDTH + 1, 0], [0, BOARD_HEIGHT + 1]]) {
      expect(parseCursor(place)).toStrictEqual({ error: { code: "malformed", detail: expect.any(String) } });
    }
  });
});

test.each([
  [BOARD_PROTOCOL + 1, /newer than the service/],
  [BOARD_PROTOCOL - 1, /older than the service/],
  ["9", /older than the service/],
])("[W10] a page that speaks protocol %j is told whether it is old or early", (protocol, detail) => {
  expect(parseJoin([{ ...JOIN, protocol }])).toMatchObject({
    error: { code: "outdated", detail: expect.stringMatching(detail) },
  });
});
